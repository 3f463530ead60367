import type { SnapshotConnection } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { connectionHeaders, credentialHeaders } from './credential-headers.ts'

const connection = (
  provider: SnapshotConnection['provider'],
  settings: Record<string, string> = {},
): SnapshotConnection => ({
  project: '00000000-0000-4000-8000-000000000001',
  name: 'test',
  provider,
  baseUrl: 'https://example.com',
  credentials: [],
  settings,
  allowPrivate: false,
  prices: {},
  models: [],
})

test.each([
  ['openai', 'key', ['authorization', 'Bearer key']],
  ['ollama', 'key', ['authorization', 'Bearer key']],
  ['azure-openai', 'key', ['api-key', 'key']],
  ['anthropic', 'key', ['x-api-key', 'key']],
  ['gemini', 'key', ['x-goog-api-key', 'key']],
  ['vertex', 'key', ['x-goog-api-key', 'key']],
  ['vertex', 'ya29.token', ['authorization', 'Bearer ya29.token']],
  ['vertex', ' {"type":"service_account"}', []],
  ['bedrock', 'ABSKkey', ['authorization', 'Bearer ABSKkey']],
  ['bedrock', 'AKIA0:secret/+=', []],
] as const)('%s gets the credential "%s" as it expects it', (provider, value, headers) => {
  expect(credentialHeaders(connection(provider), value)).toEqual(headers)
})

test('settings become headers where the provider has such', () => {
  expect(connectionHeaders(connection('anthropic'))).toContain('anthropic-version')
  expect(connectionHeaders(connection('openai', { organization: 'org-1' }))).toContain('org-1')
  expect(connectionHeaders(connection('groq', { organization: 'org-1' }))).not.toContain('org-1')
})
