import { expect, test } from 'vitest'
import { forwardBody, readModelRequest } from './chat-request.ts'

const shape = { inputField: 'messages' } as const

function requestOf(model: string, sizeBytes: number) {
  const messages = [{ role: 'user', content: 'é"\\'.repeat(sizeBytes / 4) }]
  return { messages, request: readModelRequest(Buffer.from(JSON.stringify({ model, messages })), shape) }
}

test.each([100, 200_000])(
  'a body of %i bytes goes to each model that is asked under its own name',
  (size) => {
    const { messages, request } = requestOf('openai/gpt-test', size)
    const first = forwardBody(request, 'gpt-test', true)
    expect(JSON.parse(first.toString())).toEqual({ model: 'gpt-test', messages })
    const sent = Buffer.from(first)
    for (const model of ['a-model-with-a-much-longer-name', 'x', 'gpt-test']) {
      expect(JSON.parse(forwardBody(request, model, true).toString())).toEqual({ model, messages })
    }
    // The first one's bytes may still be on their way.
    expect(first.equals(sent)).toBe(true)
  },
)

test('a large body is not copied for a shorter name, and is for a longer one', () => {
  const { request } = requestOf('openai/gpt-test', 200_000)
  expect(forwardBody(request, 'a-model-with-a-much-longer-name', true)).not.toBe(request.body)
  expect(forwardBody(request, 'gpt-test', true)).toBe(request.body)
  expect(forwardBody(request, 'gpt-test', true)).not.toBe(request.body)
})

test('a large stream that must report its usage is asked to', () => {
  const content = 'x'.repeat(100_000)
  const body = { model: 'openai/gpt-test', stream: true, messages: [{ role: 'user', content }] }
  const request = readModelRequest(Buffer.from(JSON.stringify(body)), shape)
  expect(JSON.parse(forwardBody(request, 'gpt-test', true).toString())).toEqual({
    ...body,
    model: 'gpt-test',
    stream_options: { include_usage: true },
  })
})
