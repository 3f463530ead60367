import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { WriteOptions } from '../../../neutral/codec.ts'
import { arbitraryRequest } from '../../../neutral/testing/arbitrary-request.ts'
import { anyJsonObject } from '../../../neutral/testing/arbitrary-words.ts'
import { deepFreeze } from '../../../neutral/testing/deep-freeze.ts'
import { isJsonObject } from '../../parse-json.ts'
import { openAiChat } from '../codec.ts'
import { openAiResponses } from '../../openai-responses/codec.ts'

const options: WriteOptions = { model: 'connection/model', dropUnsupported: false, abilities: {} }
const requests = arbitraryRequest({
  from: 'openai-chat',
  media: ['image', 'file', 'audio'],
  settings: [
    'maxOutputTokens',
    'temperature',
    'topP',
    'topK',
    'stop',
    'seed',
    'frequencyPenalty',
    'presencePenalty',
    'choices',
    'logprobs',
    'output',
    'user',
    'serviceTier',
    'store',
  ],
})

test('a request that is written for a chat provider and read again is the same request', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const { body, dropped } = openAiChat.writeRequest(deepFreeze(request), options)
      expect(dropped).toEqual([])
      expect(openAiChat.readRequest(body, {})).toEqual(request)
    }),
  )
})

test('A4.17 neither reading nor writing changes what it is given, so that a fallback can use it again', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const { body } = openAiChat.writeRequest(request, options)
      const frozen = deepFreeze(structuredClone(body))
      const again = openAiChat.readRequest(frozen, {})
      const first = openAiChat.writeRequest(deepFreeze(again), options)
      expect(openAiChat.writeRequest(again, options)).toEqual(first)
    }),
  )
})

test('unknown fields of the request, its messages, parts and tools are written as they came', () => {
  fc.assert(
    fc.property(anyJsonObject, (value) => {
      const body = {
        model: 'connection/model',
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'Hi', x_part: value }], x_message: value },
          { role: 'assistant', content: 'Hm', x_said: value },
        ],
        tools: [{ type: 'function', x_tool: value, function: { name: 'f', parameters: {}, x_inner: value } }],
        x_top: value,
        prediction: { type: 'content', content: 'Hi' },
        audio: { voice: 'ash', format: 'wav' },
        verbosity: 'low',
      }
      expect(openAiChat.writeRequest(openAiChat.readRequest(body, {}), options).body).toEqual(body)
    }),
  )
})

test('a chat request written in the Responses format keeps its conversation and tools', () => {
  const plain = arbitraryRequest({
    from: 'openai-chat',
    media: ['image', 'file'],
    settings: ['maxOutputTokens', 'output'],
  })
  fc.assert(
    fc.property(plain, (request) => {
      const { body, dropped } = openAiResponses.writeRequest(deepFreeze(request), options)
      expect(dropped).toEqual([])
      const read = openAiResponses.readRequest(body, {})
      expect(read.messages.map(withoutOwnFields)).toEqual(request.messages.map(withoutOwnFields))
      expect(read.maxOutputTokens).toBe(request.maxOutputTokens)
      expect(read.output).toEqual(request.output)
      expect(read.toolChoice).toEqual(request.toolChoice)
      expect(read.tools.map((tool) => ({ isStrict: false, ...tool }))).toEqual(
        request.tools.map((tool) => ({ isStrict: false, ...tool })),
      )
    }),
  )
})

/** Where a text stood and how finely an image is looked at are the format's own. */
function withoutOwnFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOwnFields)
  if (!isJsonObject(value)) return value
  const { extra: _extra, detail: _detail, ...rest } = value
  return Object.fromEntries(Object.entries(rest).map(([name, inner]) => [name, withoutOwnFields(inner)]))
}
