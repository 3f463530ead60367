import { expect, test } from 'vitest'
import { readImageAnswer, readImageEvent, readImageRequest } from './index.ts'

const usage = {
  input_tokens: 10,
  output_tokens: 1000,
  total_tokens: 1010,
  input_tokens_details: { text_tokens: 10, image_tokens: 0 },
}
const counts = { inputTokens: 10, outputTokens: 1000 }

test('a request tells how many pictures of what size', () => {
  const body = { model: 'm', prompt: 'A cat', n: 2, size: '1024x1024', quality: 'high', stream: true }
  expect(readImageRequest(body)).toEqual({
    model: 'm',
    prompt: 'A cat',
    count: 2,
    size: '1024x1024',
    quality: 'high',
    isStream: true,
  })
  expect(readImageRequest({ prompt: 'A cat' })).toMatchObject({ count: 1, size: '', isStream: false })
})

test.each([
  [{}, 'say what the picture should show'],
  [{ prompt: 'a', n: 0 }, '"n" is 0'],
  [{ prompt: 'a', n: 'two' }, '"n" is "two"'],
])('%j is refused', (body, problem) => {
  expect(() => readImageRequest(body)).toThrow(problem)
})

test('a small answer tells pictures and tokens', () => {
  const answer = {
    created: 1,
    size: '1024x1024',
    quality: 'low',
    usage,
    data: [{ url: 'https://a.example/1' }],
  }
  expect(readImageAnswer(Buffer.from(JSON.stringify(answer)))).toMatchObject({
    count: 1,
    size: '1024x1024',
    quality: 'low',
    usage: counts,
  })
})

test('pictures of a large answer are counted without being decoded', () => {
  const picture = { b64_json: 'A'.repeat(300_000), revised_prompt: 'He said "b64_json" and "url".' }
  const answer = { created: 1, data: [picture, picture, picture], usage, size: '1536x1024' }
  expect(readImageAnswer(Buffer.from(JSON.stringify(answer)))).toMatchObject({
    count: 3,
    size: '1536x1024',
    usage: counts,
  })
})

test('other answers are told apart, small and large', () => {
  expect(readImageAnswer(Buffer.from('<html>'))).toBeUndefined()
  expect(readImageAnswer(Buffer.from('{"error":{}}'))).toBeUndefined()
  expect(readImageAnswer(Buffer.from(JSON.stringify({ text: 'x'.repeat(100_000) })))).toBeUndefined()
})

test('only the event of a finished picture counts', () => {
  expect(readImageEvent({ type: 'image_generation.partial_image', b64_json: 'A' })).toBeUndefined()
  expect(readImageEvent({ type: 'image_generation.completed', usage, size: '1x1' })).toMatchObject({
    count: 1,
    size: '1x1',
    usage: counts,
  })
})
