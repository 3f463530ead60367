import { createHash } from 'node:crypto'

/** Answers with an ETag, or with 304 and no body when the client has this very body already. */
export function taggedResponse(request: Request, body: string, headers: Headers): Response {
  const tag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`
  headers.set('etag', tag)
  headers.set('cache-control', 'private, no-cache')
  const known = (request.headers.get('if-none-match') ?? '')
    .split(',')
    .map((each) => each.trim().replace(/^W\//, ''))
  if (known.includes(tag) || known.includes('*')) {
    headers.delete('content-type')
    return new Response(null, { status: 304, headers })
  }
  return new Response(body, { headers })
}
