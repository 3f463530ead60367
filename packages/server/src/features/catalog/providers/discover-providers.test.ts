import { expect, test } from 'vitest'
import { normaliseBaseUrl, printBaseUrl } from './base-url.ts'
import { readProviderKeys } from './discover-providers.ts'

test('a key in the environment becomes a connection to the public address of its provider', () => {
  const found = readProviderKeys({ GROQ_API_KEY: ' gsk-1 ', MISTRAL_API_KEY: '', OTHER_API_KEY: 'x' })
  expect(found).toMatchObject([
    {
      name: 'groq',
      baseUrl: 'https://api.groq.com/openai/v1',
      apiKey: 'gsk-1',
      allowPrivate: false,
      source: 'GROQ_API_KEY',
    },
  ])
})

test('an OpenAI key goes to the server that OPENAI_BASE_URL names, never to the public one', () => {
  const environment = { OPENAI_API_KEY: 'sk-1', OPENAI_BASE_URL: 'http://10.0.0.9:8000/v1/' }
  expect(readProviderKeys(environment)).toMatchObject([
    { name: 'openai', baseUrl: 'http://10.0.0.9:8000/v1', allowPrivate: true },
  ])
  expect(readProviderKeys({ OPENAI_API_KEY: 'sk-1', OPENAI_BASE_URL: 'my-proxy' })).toEqual([])
})

test('a base URL is stored in one form', () => {
  const print = (text: string) => printBaseUrl(normaliseBaseUrl(text))
  expect(print(' https://API.example.com/v1// ')).toBe('https://api.example.com/v1')
  expect(print('http://localhost:11434')).toBe('http://localhost:11434')
})

test('providers that need more than a key are found with all of it, or not at all', () => {
  const key = { AWS_BEARER_TOKEN_BEDROCK: 'ABSK' }
  expect(readProviderKeys(key)).toEqual([])
  expect(readProviderKeys({ ...key, AWS_REGION: 'eu-central-1' })).toMatchObject([
    {
      name: 'bedrock',
      provider: 'bedrock',
      baseUrl: 'https://bedrock-runtime.eu-central-1.amazonaws.com',
      settings: { region: 'eu-central-1' },
    },
  ])
  const azure = { AZURE_OPENAI_API_KEY: 'k', AZURE_OPENAI_ENDPOINT: 'https://shop.openai.azure.com/' }
  expect(readProviderKeys(azure)).toMatchObject([
    { name: 'azure-openai', baseUrl: 'https://shop.openai.azure.com' },
  ])
  expect(readProviderKeys({ ANTHROPIC_API_KEY: 'k', GOOGLE_API_KEY: 'g' })).toMatchObject([
    { name: 'anthropic', provider: 'anthropic', baseUrl: 'https://api.anthropic.com/v1' },
    { name: 'gemini', provider: 'gemini', source: 'GOOGLE_API_KEY' },
  ])
})
