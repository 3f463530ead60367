import { expect, test } from 'vitest'
import { chatFactsOf, endpointsOf, isPrivateAddress, keyWordsOf, providerOptions } from './provider-words.ts'

test('every provider but the built-in one can be chosen, sorted by the name that people know', () => {
  const labels = providerOptions.map(({ label }) => label)
  expect(labels).toContain('Azure OpenAI')
  expect(labels).toEqual(labels.toSorted((a, b) => a.localeCompare(b)))
  expect(providerOptions.map(({ value }) => value)).not.toContain('offline')
})

test('what is not established about a provider is neither praised nor denied', () => {
  expect(chatFactsOf('openai').can).toContain('structured output')
  expect(chatFactsOf('perplexity').cannot).toContain('log probabilities')
  expect(chatFactsOf('openai-compatible')).toEqual({ can: [], cannot: [] })
  expect(endpointsOf('cohere')).toContain('rerank')
})

test('servers of one’s own need no key, clouds are told which forms they take', () => {
  expect(keyWordsOf('ollama').isOptional).toBe(true)
  expect(keyWordsOf('bedrock').help).toContain('ACCESS_KEY_ID')
  expect(keyWordsOf('openai').help).toContain('OPENAI_API_KEY')
})

test('addresses of one’s own network are told from public ones', () => {
  expect(isPrivateAddress('http://127.0.0.1:11434/v1')).toBe(true)
  expect(isPrivateAddress('http://172.20.0.4/v1')).toBe(true)
  expect(isPrivateAddress('https://api.openai.com/v1')).toBe(false)
  expect(isPrivateAddress('localhost')).toBe(false)
})
