import { createServer, type IncomingHttpHeaders } from 'node:http'
import { parseJsonOr } from '../formats/parse-json.ts'

export type ProviderRequest = {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** The body parsed; an empty object when it is no JSON. */
  readonly json: { readonly [name: string]: unknown }
}

/** A status with a body: JSON, or bytes with a content type, or pieces that are sent one after the other. */
export type ProviderReply = {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly bytes?: Buffer | string
  readonly pieces?: readonly (Buffer | string)[]
}

export type FakeProvider = {
  readonly origin: string
  readonly seen: ProviderRequest[]
  /** By `METHOD /path`, or `*`; what has no answer gets 404. */
  readonly answers: Map<string, (request: ProviderRequest) => ProviderReply | Promise<ProviderReply>>
  readonly stop: () => Promise<void>
}

/** A provider whose every endpoint is written by the test. */
export async function startFakeProvider(): Promise<FakeProvider> {
  const seen: ProviderRequest[] = []
  const answers: FakeProvider['answers'] = new Map()
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => void reply())
    const reply = async (): Promise<void> => {
      const body = Buffer.concat(parts)
      const json = parseJsonOr(body.toString()) as ProviderRequest['json'] | undefined
      const { method = '', url = '', headers } = request
      const entry = { method, path: url, headers, body, json: json ?? {} }
      seen.push(entry)
      const answer = answers.get(`${method} ${url.split('?')[0]}`) ?? answers.get('*')
      const given = (await answer?.(entry)) ?? { status: 404, json: { error: { message: `no ${url}` } } }
      const type = given.json === undefined ? 'application/octet-stream' : 'application/json'
      response.writeHead(given.status ?? 200, { 'content-type': type, ...given.headers })
      for (const piece of given.pieces ?? []) {
        response.write(piece)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      response.end(given.json === undefined ? given.bytes : JSON.stringify(given.json))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    origin: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    seen,
    answers,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
