import { generateKeyPairSync, verify } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isAppError } from '@ratchet/contract'
import { afterEach, expect, test } from 'vitest'
import { GoogleTokens, readServiceAccount, type PostForm } from './google-token.ts'

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

const never = new AbortController().signal

const post: PostForm = async (url, body, signal) => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const response = await fetch(url, { method: 'POST', body, signal, headers })
  return { status: response.status, body: await response.text() }
}

type Reply = { readonly status: number; readonly body: string }
type Waiting = { readonly form: URLSearchParams; readonly answer: (reply: Reply) => void }

let stop = (): Promise<unknown> => Promise.resolve()
afterEach(() => stop())

/** A token server that answers what `reply` says, or when the test does. */
async function startTokenServer(reply?: (count: number) => Reply) {
  const asked: Waiting[] = []
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const answer = ({ status, body }: Reply) => response.writeHead(status).end(body)
      asked.push({ form: new URLSearchParams(Buffer.concat(chunks).toString()), answer })
      if (reply !== undefined) answer(reply(asked.length))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stop = () => new Promise((resolve) => server.close(resolve).closeAllConnections())
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/token`, asked }
}

function accountFor(tokenUri: string, change: object = {}) {
  const file = {
    type: 'service_account',
    project_id: 'p',
    private_key_id: 'k1',
    private_key: privateKey,
    client_email: 'me@p.iam.gserviceaccount.com',
    token_uri: tokenUri,
    ...change,
  }
  return readServiceAccount(JSON.stringify(file), 'vertex')
}

const given = (token: string, seconds = 3600): Reply => ({
  status: 200,
  body: JSON.stringify({ access_token: token, expires_in: seconds, token_type: 'Bearer' }),
})

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2))
}

test('a token is asked for with a statement that is signed with the key of the account', async () => {
  const server = await startTokenServer(() => given('t1'))
  const nowMs = 1_795_000_000_500
  const tokens = new GoogleTokens({ post, nowMs: () => nowMs })
  expect(await tokens.token(accountFor(server.url), 'vertex', never)).toBe('t1')
  const form = server.asked[0]?.form
  expect(form?.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
  const [header = '', claims = '', signature = ''] = form?.get('assertion')?.split('.') ?? []
  const isSigned = verify(
    'RSA-SHA256',
    Buffer.from(`${header}.${claims}`),
    publicKey,
    Buffer.from(signature, 'base64url'),
  )
  expect(isSigned).toBe(true)
  const decode = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())
  expect(decode(header)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'k1' })
  expect(decode(claims)).toEqual({
    iss: 'me@p.iam.gserviceaccount.com',
    scope: 'https://www.googleapis.com/auth/cloud-platform',
    aud: server.url,
    iat: 1_795_000_000,
    exp: 1_795_003_600,
  })
})

test('a token is kept until a minute before it expires', async () => {
  const server = await startTokenServer((count) => given(`t${count}`, 600))
  let nowMs = 1_000_000
  const tokens = new GoogleTokens({ post, nowMs: () => nowMs })
  const account = accountFor(server.url)
  expect(await tokens.token(account, 'vertex', never)).toBe('t1')
  nowMs += 539_999
  expect(await tokens.token(account, 'vertex', never)).toBe('t1')
  nowMs += 1
  expect(await tokens.token(account, 'vertex', never)).toBe('t2')
  expect(server.asked).toHaveLength(2)
})

test('calls at once share one exchange; another account has its own', async () => {
  const server = await startTokenServer()
  const tokens = new GoogleTokens({ post, nowMs: () => 0 })
  const account = accountFor(server.url)
  const waiting = [1, 2, 3].map(() => tokens.token(account, 'vertex', never))
  const other = tokens.token(accountFor(server.url, { client_email: 'you@p' }), 'vertex', never)
  await until(() => server.asked.length === 2)
  for (const [index, { answer }] of server.asked.entries()) answer(given(`t${index}`))
  expect(new Set(await Promise.all(waiting)).size).toBe(1)
  expect(await other).not.toBe(await waiting[0])
  expect(server.asked).toHaveLength(2)
})

test('a caller that goes away does not take the exchange from the others', async () => {
  const server = await startTokenServer()
  const tokens = new GoogleTokens({ post, nowMs: () => 0 })
  const account = accountFor(server.url)
  const controller = new AbortController()
  const gone = tokens.token(account, 'vertex', controller.signal)
  const stays = tokens.token(account, 'vertex', never)
  await until(() => server.asked.length === 1)
  controller.abort(new Error('gone'))
  await expect(gone).rejects.toThrow('gone')
  server.asked[0]?.answer(given('t'))
  expect(await stays).toBe('t')
})

test('a refusal names the connection, the account and Google’s reason, and the next call tries again', async () => {
  const refusal = { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }
  const server = await startTokenServer((count) =>
    count === 1 ? { status: 400, body: JSON.stringify(refusal) } : given('t'),
  )
  const tokens = new GoogleTokens({ post, nowMs: () => 0 })
  const account = accountFor(server.url)
  const error: unknown = await tokens.token(account, 'vertex', never).catch((caught: unknown) => caught)
  expect(isAppError(error) && error.code).toBe('provider_error')
  expect(String(error)).toContain('connection "vertex"')
  expect(String(error)).toContain('answered 400: invalid_grant: Invalid JWT Signature.')
  expect(String(error)).toContain('me@p.iam.gserviceaccount.com')
  expect(String(error)).not.toContain('PRIVATE KEY')
  expect(await tokens.token(account, 'vertex', never)).toBe('t')
})

test.each([
  ['no server', 'http://127.0.0.1:1/token', {}, 'could not be asked'],
  ['no key', 'http://127.0.0.1:1/token', { private_key: 'nonsense' }, '"private_key" is no RSA key'],
])('%s is a provider_error that names the connection', async (_, url, change, said) => {
  const tokens = new GoogleTokens({ post, nowMs: () => 0 })
  const error: unknown = await tokens.token(accountFor(url, change), 'vertex', never).catch((e: unknown) => e)
  expect(error).toMatchObject({ code: 'provider_error', details: { connection: 'vertex' } })
  expect(String(error)).toContain(said)
})

test('an answer without a token is refused', async () => {
  const server = await startTokenServer(() => ({ status: 200, body: '<html>' }))
  const tokens = new GoogleTokens({ post, nowMs: () => 0 })
  await expect(tokens.token(accountFor(server.url), 'vertex', never)).rejects.toThrow('answered 200')
})

test.each([
  ['not json', 'is no JSON object'],
  ['{"type":"authorized_user"}', 'only "service_account" works'],
  ['{"type":"service_account"}', 'has no "client_email"'],
  ['{"client_email":"a"}', 'has no "private_key"'],
])('the key file %s is refused: %s', (text, problem) => {
  expect(() => readServiceAccount(text, 'vertex')).toThrow(problem)
})

test('a key file without an address means Google’s', () => {
  expect(readServiceAccount('{"client_email":"a","private_key":"b"}', 'vertex').tokenUri).toBe(
    'https://oauth2.googleapis.com/token',
  )
})
