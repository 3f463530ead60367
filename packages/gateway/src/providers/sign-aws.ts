import { createHash, createHmac } from 'node:crypto'

/** Keys of an account, or of a role for some hours (then with a session token); or a Bedrock API key. */
export type AwsCredentials =
  | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
  | { readonly apiKey: string }

/** What is signed: the request as it goes over the wire. */
export type AwsRequest = {
  readonly method: string
  readonly host: string
  /** With the query, each segment encoded as it is sent. */
  readonly path: string
  /** Further headers to sign, such as `content-type`. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
}

export type AwsScope = {
  readonly credentials: AwsCredentials
  /** Such as "us-east-1". */
  readonly region: string
  /** Such as "bedrock". */
  readonly service: string
  /** AWS refuses signatures that are more than five minutes old. */
  readonly date: Date
}

const algorithm = 'AWS4-HMAC-SHA256'

/** The headers that prove a request to AWS (Signature Version 4): to be sent beside those given. */
export function signAws(request: AwsRequest, scope: AwsScope): Readonly<Record<string, string>> {
  const { credentials, region, service } = scope
  if ('apiKey' in credentials) return { authorization: `Bearer ${credentials.apiKey}` }
  const time = `${scope.date.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
  const day = time.slice(0, 8)
  const added: Record<string, string> = { 'x-amz-date': time }
  if (credentials.sessionToken !== undefined) added['x-amz-security-token'] = credentials.sessionToken
  const headers = canonicalHeaders({ ...request.headers, host: request.host, ...added })
  const names = headers.map(([name]) => name).join(';')
  const canonical = [
    request.method,
    ...canonicalPath(request.path),
    ...headers.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    hashOf(request.body),
  ].join('\n')
  const area = `${day}/${region}/${service}/aws4_request`
  const text = [algorithm, time, area, hashOf(canonical)].join('\n')
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (secret, word) => hmac(secret, word),
    `AWS4${credentials.secretAccessKey}`,
  )
  const signature = hmac(key, text).toString('hex')
  const proof = `Credential=${credentials.accessKeyId}/${area}, SignedHeaders=${names}, Signature=${signature}`
  return { ...added, authorization: `${algorithm} ${proof}` }
}

/** Lower-case names in order, values without needless blanks. */
function canonicalHeaders(headers: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(headers)
    .map(([name, value]): [string, string] => [name.toLowerCase(), value.trim().replaceAll(/\s+/g, ' ')])
    .toSorted(([one], [other]) => compare(one, other))
}

/** Path and query as AWS signs them: segments encoded once more than they are sent, parameters in order. */
function canonicalPath(path: string): [string, string] {
  const mark = path.indexOf('?')
  const segments: string[] = []
  const sent = mark === -1 ? path : path.slice(0, mark)
  for (const segment of sent.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(encode(segment))
  }
  const end = sent.endsWith('/') && segments.length > 0 ? '/' : ''
  const query = mark === -1 || mark === path.length - 1 ? [] : path.slice(mark + 1).split('&')
  const parameters = query.map(canonicalParameter).toSorted(compareParameters)
  return [`/${segments.join('/')}${end}`, parameters.map((pair) => pair.join('=')).join('&')]
}

function canonicalParameter(parameter: string): [string, string] {
  const mark = parameter.indexOf('=')
  const name = mark === -1 ? parameter : parameter.slice(0, mark)
  const value = mark === -1 ? '' : parameter.slice(mark + 1)
  return [encode(decodeOr(name)), encode(decodeOr(value))]
}

function compareParameters(one: readonly [string, string], other: readonly [string, string]): number {
  return compare(one[0], other[0]) || compare(one[1], other[1])
}

/** By code, as AWS sorts; never by language. */
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** Everything but letters, digits, "-", ".", "_" and "~". */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function decodeOr(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A stray percent sign: the text is meant as it stands.
    return text
  }
}

function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
