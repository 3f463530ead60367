import { expect, test } from 'vitest'
import { bedrockConverse } from './codec.ts'

test('no client speaks Converse to the gateway, and one that tries is told which formats there are', () => {
  const refusal = { code: 'not_supported', message: expect.stringContaining('OpenAI, Anthropic or Gemini') }
  expect(() => bedrockConverse.readRequest({ messages: [] }, {})).toThrow(expect.objectContaining(refusal))
  const error = { status: 400, type: '', code: '', message: '' }
  expect(() => bedrockConverse.writeError(error)).toThrow(expect.objectContaining(refusal))
})
