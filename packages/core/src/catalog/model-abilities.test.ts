import { providers } from '@ratchet/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { modelAbilities, wireFormat } from './index.ts'

test.each([
  ['claude-3-haiku-20240307', { reasoning: 'none', maxOutputTokens: 4_096, structuredOutput: false }],
  ['claude-3-5-sonnet-20241022', { reasoning: 'none', maxOutputTokens: 8_192 }],
  ['claude-3-7-sonnet-latest', { reasoning: 'budget', maxOutputTokens: 64_000 }],
  ['claude-opus-4-20250514', { reasoning: 'budget', maxOutputTokens: 32_000, structuredOutput: false }],
  ['claude-opus-4-1-20250805', { reasoning: 'budget', maxOutputTokens: 32_000 }],
  ['claude-sonnet-4-5-20250929', { reasoning: 'budget', maxOutputTokens: 64_000, structuredOutput: true }],
  ['claude-opus-4-6', { reasoning: 'adaptive', maxOutputTokens: 128_000 }],
  ['claude-opus-4-7', { reasoning: 'adaptive', sampling: false }],
  ['claude-sonnet-5', { reasoning: 'adaptive', sampling: false }],
  ['claude-opus-5-5', { reasoning: 'adaptive', sampling: false, forcedToolChoice: false }],
])('%s is known at Anthropic', (model, facts) => {
  expect(modelAbilities('anthropic', model)).toMatchObject(facts)
})

test('only models that refuse it lose temperature', () => {
  expect(modelAbilities('anthropic', 'claude-opus-4-6').sampling).toBeUndefined()
  expect(modelAbilities('openai', 'gpt-4.1').sampling).toBeUndefined()
  expect(modelAbilities('openai', 'gpt-5-mini').sampling).toBe(false)
  expect(modelAbilities('openai', 'o3').sampling).toBe(false)
  expect(modelAbilities('openai', 'gpt-5-chat-latest').sampling).toBeUndefined()
  expect(modelAbilities('openai', 'gpt-5.1').sampling).toBeUndefined()
})

test('the same model is known under the names of those who resell it', () => {
  for (const name of [
    'us.anthropic.claude-opus-4-1-20250805-v1:0',
    'anthropic.claude-opus-4-20250514-v1:0',
  ]) {
    expect(modelAbilities('bedrock', name)).toMatchObject({ reasoning: 'budget', maxOutputTokens: 32_000 })
  }
  expect(modelAbilities('vertex', 'claude-sonnet-4-5@20250929')).toMatchObject({ reasoning: 'budget' })
  expect(modelAbilities('openrouter', 'openai/gpt-5-mini')).toMatchObject({ sampling: false })
})

test('budgets and levels are asked for in their own formats only', () => {
  expect(modelAbilities('gemini', 'gemini-2.5-flash').reasoning).toBe('budget')
  expect(modelAbilities('gemini', 'gemini-3.5-flash').reasoning).toBe('level')
  expect(modelAbilities('gemini', 'gemini-2.0-flash').reasoning).toBe('none')
  expect(modelAbilities('openrouter', 'google/gemini-2.5-flash').reasoning).toBe('effort')
  expect(modelAbilities('openai-compatible', 'claude-opus-4-5').reasoning).toBeUndefined()
})

test('what the provider lacks, none of its models has', () => {
  expect(modelAbilities('groq', 'openai/gpt-oss-120b').refusedFields).toContain('logprobs')
  expect(modelAbilities('deepseek', 'deepseek-v4-pro').structuredOutput).toBe(false)
  expect(modelAbilities('mistral', 'mistral-large-latest').renamedFields).toEqual({ seed: 'random_seed' })
  expect(modelAbilities('xai', 'grok-4-0709')).toMatchObject({
    reasoning: 'none',
    refusedFields: expect.arrayContaining(['stop']),
  })
  expect(modelAbilities('xai', 'grok-3-mini').reasoning).toBe('effort')
})

test('a model that nobody has heard of has the facts of its provider', () => {
  expect(modelAbilities('openai-compatible', 'my-model')).toEqual({})
  fc.assert(
    fc.property(fc.constantFrom(...providers), fc.string(), (provider, model) => {
      expect(modelAbilities(provider, model)).toBeTypeOf('object')
    }),
  )
})

test('Vertex serves each publisher in its own format', () => {
  expect(wireFormat('vertex', 'claude-sonnet-4-5@20250929')).toBe('anthropic')
  expect(wireFormat('vertex', 'gemini-2.5-pro')).toBe('gemini')
  expect(wireFormat('vertex', 'meta/llama-4-maverick')).toBe('openai')
  expect(wireFormat('bedrock', 'anthropic.claude-opus-4-6-v1:0')).toBe('bedrock')
})
