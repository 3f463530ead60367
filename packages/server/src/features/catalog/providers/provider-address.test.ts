import { expect, test } from 'vitest'
import { addressOf, checkSettings, isOwnMachine } from './provider-address.ts'

test('a missing setting is named with its meaning, an unknown one with the nearest name', () => {
  expect(() => checkSettings('bedrock', {}, false)).toThrow('needs region (Region such as eu-central-1)')
  expect(() => checkSettings('vertex', { projekt: 'shop' }, false)).toThrow('no setting "projekt"')
  expect(() => checkSettings('openai', { region: 'eu' }, false)).toThrow('--setting name=value')
})

test('what only fills in the address is not needed beside an address; the region of AWS signs, so it is', () => {
  expect(checkSettings('azure-openai', { apiVersion: '2024-10-21', resource: '' }, true)).toEqual({
    apiVersion: '2024-10-21',
  })
  expect(() => checkSettings('azure-openai', {}, false)).toThrow('resource')
  expect(() => checkSettings('bedrock', {}, true)).toThrow('region')
})

test.each([
  ['azure-openai', 'https://shop.openai.azure.com/openai/v1/', 'https://shop.openai.azure.com'],
  ['azure-openai', 'https://shop.openai.azure.com/openai/deployments/gpt', 'https://shop.openai.azure.com'],
  ['anthropic', 'https://api.anthropic.com', 'https://api.anthropic.com/v1'],
  [
    'gemini',
    'https://generativelanguage.googleapis.com/',
    'https://generativelanguage.googleapis.com/v1beta',
  ],
  ['openai', 'https://proxy.example.com/openai', 'https://proxy.example.com/openai'],
] as const)('the address that people have for %s is brought into our form', (provider, given, ours) => {
  expect(addressOf(provider, {}, given, 'x')).toBe(ours)
})

test('without an address the provider has its own, and who has none is asked for it', () => {
  expect(addressOf('groq', {}, undefined, 'groq')).toBe('https://api.groq.com/openai/v1')
  expect(() => addressOf('openai-compatible', {}, undefined, 'mine')).toThrow('"mine" needs a base URL')
  expect(isOwnMachine('ollama', 'http://127.0.0.1:11434/v1')).toBe(true)
  expect(isOwnMachine('ollama', 'http://10.0.0.1:11434/v1')).toBe(false)
  expect(isOwnMachine('openai', 'https://api.openai.com/v1')).toBe(false)
})
