import { estimateTokens } from '@ratchet/core/offline'
import { expect, test } from 'vitest'
import { countTokens } from './count-tokens.ts'
import { readRequest } from './request/read-request.ts'
import { processorMs } from '../../testing/processor-ms.ts'

const count = (content: unknown, more: object = {}) =>
  countTokens(readRequest({ model: 'm', messages: [{ role: 'user', content }], ...more }, {})).input_tokens

const framing = 4
const pngOf = (width: number, height: number) => {
  const bytes = Buffer.alloc(33)
  bytes.write('89504e470d0a1a0a0000000d49484452', 'hex')
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return bytes.toString('base64')
}
const image = (data: string) => [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data } }]

test('texts are counted as everywhere in Ratchet, with a little for the frame of a message', () => {
  expect(count('How are you today?')).toBe(framing + estimateTokens('How are you today?'))
})

test('system prompt, tools, calls and results all count', () => {
  const plain = count('Hi')
  expect(count('Hi', { system: 'You are terse.' })).toBeGreaterThan(plain)
  expect(count('Hi', { tools: [{ name: 'f', input_schema: { type: 'object' } }] })).toBeGreaterThan(plain)
  expect(count('Hi', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] })).toBeGreaterThan(plain)
  const results = [{ type: 'tool_result', tool_use_id: 't', content: 'twelve degrees' }]
  expect(count(results)).toBe(2 * framing + estimateTokens('twelve degrees'))
  const schema = { type: 'object', properties: { name: { type: 'string' } } }
  expect(count('Hi', { output_config: { format: { type: 'json_schema', schema } } })).toBeGreaterThan(plain)
})

test('an image is width x height / 750, scaled down as Anthropic does', () => {
  expect(count(image(pngOf(750, 500)))).toBe(framing + 500)
  expect(count(image(pngOf(1, 1)))).toBe(framing + 1)
  expect(count(image(pngOf(8000, 400)))).toBe(framing + Math.ceil((1568 * 78.4) / 750))
  expect(count(image(pngOf(4000, 4000)))).toBe(framing + 1600)
})

test('an image whose size cannot be read is 1,500 tokens', () => {
  expect(count(image('AAAA'))).toBe(framing + 1500)
  expect(count([{ type: 'image', source: { type: 'url', url: 'https://x/a.png' } }])).toBe(framing + 1500)
})

test('a PDF counts by its pages, plain documents by their text', () => {
  const pdf = Buffer.from('<< /Type /Pages >> << /Type /Page >> << /Type/Page /Parent >>').toString('base64')
  const document = (source: object) => [{ type: 'document', source }]
  expect(count(document({ type: 'base64', media_type: 'application/pdf', data: pdf }))).toBe(framing + 4000)
  expect(count(document({ type: 'text', media_type: 'text/plain', data: 'one two' }))).toBe(framing + 2)
})

test('A3.4 five megabytes of text are counted in a moment, and in proportion', () => {
  const text = 'The quick brown fox jumps over the lazy dog. '.repeat(116_000)
  const startMs = processorMs()
  const tokens = count(text)
  expect(processorMs() - startMs).toBeLessThan(200)
  expect(tokens / text.length).toBeCloseTo(estimateTokens(text.slice(0, 45_000)) / 45_000, 2)
})
