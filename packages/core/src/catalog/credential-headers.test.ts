import { expect, test } from 'vitest'
import { connectionHeaders, credentialHeaders } from './index.ts'

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
  expect(credentialHeaders(provider, value)).toEqual(headers)
})

test('settings become headers where the provider has such', () => {
  expect(connectionHeaders('anthropic', {})).toEqual(['anthropic-version', '2023-06-01'])
  expect(connectionHeaders('openai', { organization: 'org-1', project: '' })).toEqual([
    'openai-organization',
    'org-1',
  ])
  expect(connectionHeaders('groq', { organization: 'org-1' })).toEqual([])
})
