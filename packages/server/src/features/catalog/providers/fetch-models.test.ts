import { generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Provider } from '@ratchet/contract'
import type { PostForm } from '@ratchet/gateway'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StoredConnection } from '../connection-store.ts'
import { fetchModels } from './fetch-models.ts'
import { modelEndpoint } from './model-endpoint.ts'
import { testProvider } from './test-provider.ts'

let server: Server
let origin = ''
let seen: { url: string | undefined; headers: IncomingHttpHeaders } | undefined
let body = ''
beforeAll(async () => {
  server = createServer((request, response) => {
    seen = { url: request.url, headers: request.headers }
    response.writeHead(200, { 'content-type': 'application/json' }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

const ask = (provider: Provider, path: string, apiKey: string, settings = {}) =>
  fetchModels({
    provider,
    baseUrl: `${origin}${path}`,
    settings,
    apiKey,
    allowPrivate: true,
    timeoutMs: 20_000,
  })

test('OpenAI', async () => {
  body = '{"object":"list","data":[{"id":"gpt-5-mini"}]}'
  expect((await ask('openai', '/v1', 'sk-1', { organization: 'org-1' })).models).toEqual(['gpt-5-mini'])
  expect(seen).toMatchObject({
    url: '/v1/models',
    headers: { authorization: 'Bearer sk-1', 'openai-organization': 'org-1' },
  })
})

test('Anthropic', async () => {
  body = '{"data":[{"type":"model","id":"claude-opus-4-6"}],"has_more":false}'
  expect((await ask('anthropic', '/v1', 'sk-ant')).models).toEqual(['claude-opus-4-6'])
  expect(seen).toMatchObject({
    url: '/v1/models?limit=1000',
    headers: { 'x-api-key': 'sk-ant', 'anthropic-version': '2023-06-01' },
  })
  expect(seen?.headers.authorization).toBeUndefined()
})

test('Gemini', async () => {
  body = '{"models":[{"name":"models/gemini-2.5-flash"},{"name":"models/gemini-embedding-001"}]}'
  const { models } = await ask('gemini', '/v1beta', 'AIza')
  expect(models).toEqual(['gemini-2.5-flash', 'gemini-embedding-001'])
  expect(seen).toMatchObject({ url: '/v1beta/models?pageSize=1000', headers: { 'x-goog-api-key': 'AIza' } })
})

test('Azure, by its v1 API and by a version', async () => {
  body = '{"data":[{"id":"gpt-4o"}]}'
  expect((await ask('azure-openai', '', 'key')).models).toEqual(['gpt-4o'])
  expect(seen).toMatchObject({ url: '/openai/v1/models', headers: { 'api-key': 'key' } })
  await ask('azure-openai', '', 'key', { apiVersion: '2024-10-21' })
  expect(seen?.url).toBe('/openai/models?api-version=2024-10-21')
})

test('Vertex with a token', async () => {
  body = '{"publisherModels":[{"name":"publishers/google/models/gemini-2.5-pro"}]}'
  const { models } = await ask('vertex', '/v1/projects/shop/locations/global', 'ya29.token')
  expect(models).toEqual(['gemini-2.5-pro'])
  expect(seen).toMatchObject({
    url: '/v1beta1/publishers/google/models?pageSize=300',
    headers: { authorization: 'Bearer ya29.token' },
  })
})

test('Bedrock lists at its control plane', async () => {
  body = '{"modelSummaries":[{"modelId":"amazon.nova-lite-v1:0"}]}'
  expect((await ask('bedrock', '', 'ABSK')).models).toEqual(['amazon.nova-lite-v1:0'])
  expect(seen).toMatchObject({ url: '/foundation-models', headers: { authorization: 'Bearer ABSK' } })
  const baseUrl = 'https://bedrock-runtime.eu-central-1.amazonaws.com'
  expect(modelEndpoint({ provider: 'bedrock', baseUrl, settings: {} }).url.href).toBe(
    'https://bedrock.eu-central-1.amazonaws.com/foundation-models',
  )
})

test('Cohere lists beside its compatible API', async () => {
  body = '{"models":[{"name":"command-a-03-2025"}]}'
  expect((await ask('cohere', '/compatibility/v1', 'key')).models).toEqual(['command-a-03-2025'])
  expect(seen?.url).toBe('/v1/models?page_size=1000')
})

test('an answer in the form of another provider is told apart', async () => {
  body = '{"data":[{"id":"gpt-4o"}]}'
  const answer = await ask('gemini', '/v1beta', 'AIza')
  expect(answer).toMatchObject({ ok: false, message: expect.stringContaining('the API of Google Gemini') })
})

const connection = (provider: Provider, settings: Record<string, string>): StoredConnection => ({
  id: '01900000-0000-7000-8000-000000000001',
  project: '01900000-0000-7000-8000-000000000002',
  name: provider,
  provider,
  baseUrl: origin,
  settings,
  keyPreview: undefined,
  allowPrivate: true,
  origin: 'stored',
  createdAt: new Date(0),
  lastTest: undefined,
  models: undefined,
})
const nowMs = () => Date.parse('2026-11-21T12:00:00Z')

test('an access key of AWS signs the call', async () => {
  body = '{"modelSummaries":[{"modelId":"amazon.nova-lite-v1:0"}]}'
  const answer = await testProvider(
    connection('bedrock', { region: 'eu-central-1' }),
    [{ id: 'k', value: 'AKIAEXAMPLE:secret/key:session' }],
    { resolve: async () => ['127.0.0.1'], signal: undefined, proof: { nowMs } },
  )
  expect(answer).toMatchObject({ ok: true, models: ['amazon.nova-lite-v1:0'] })
  expect(seen?.headers).toMatchObject({
    'x-amz-date': '20261121T120000Z',
    'x-amz-security-token': 'session',
    authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/20261121\/eu-central-1\/bedrock\/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
    ),
  })
})

test('a service account of Google gets a token for the call; one that gets none says why', async () => {
  body = '{"publisherModels":[{"name":"publishers/google/models/gemini-2.5-pro"}]}'
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const value = JSON.stringify({ type: 'service_account', client_email: 'a@b', private_key: privateKey })
  const ask = (post: PostForm) =>
    testProvider(connection('vertex', { project: 'shop' }), [{ id: 'k', value }], {
      resolve: async () => ['127.0.0.1'],
      signal: undefined,
      proof: { nowMs, post },
    })
  const good = await ask(async () => ({ status: 200, body: '{"access_token":"ya29.new","expires_in":3600}' }))
  expect(good).toMatchObject({ ok: true, models: ['gemini-2.5-pro'] })
  expect(seen?.headers.authorization).toBe('Bearer ya29.new')
  const refused = await ask(async () => ({ status: 400, body: '{"error":"invalid_grant"}' }))
  expect(refused).toMatchObject({ ok: false, message: expect.stringContaining('invalid_grant') })
})

test('a provider that wants a key is not asked without one', async () => {
  const options = { resolve: async () => ['127.0.0.1'], signal: undefined }
  const answer = await testProvider(connection('groq', {}), [], options)
  expect(answer).toMatchObject({ ok: false, message: expect.stringContaining('keys add groq') })
})
