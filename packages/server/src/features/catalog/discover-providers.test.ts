import { expect, test } from 'vitest'
import { normaliseBaseUrl, printBaseUrl } from './base-url.ts'
import { readProviderKeys } from './discover-providers.ts'
import { guessModelKind } from './model-kind.ts'
import { findPrice, priceListName } from './model-prices.ts'

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

test('prices are whole nano-dollars, and unknown where the list knows nothing', () => {
  const at = new Date('2026-11-21')
  expect(findPrice('https://api.openai.com/v1', 'gpt-4o-mini', at)).toEqual({
    inputNano: 150_000_000,
    outputNano: 600_000_000,
    cachedInputNano: 75_000_000,
    source: priceListName,
  })
  expect(findPrice('https://api.openai.com/v1', 'no-such-model', at)).toBeUndefined()
  expect(findPrice('http://127.0.0.1:11434/v1', 'gpt-4o-mini', at)).toBeUndefined()
})

test('the kind of a model is read from its name', () => {
  expect(guessModelKind('text-embedding-3-small')).toBe('embedding')
  expect(guessModelKind('whisper-1')).toBe('other')
  expect(guessModelKind('llama-3.3-70b-versatile')).toBe('chat')
})
