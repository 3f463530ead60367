import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ContentPart } from '../../../neutral/content.ts'
import type { NeutralAnswer, NeutralChoice } from '../../../neutral/neutral-answer.ts'
import { arbitraryAnswer } from '../../../neutral/testing/arbitrary-answer.ts'
import { exampleOptions } from '../../openai/testing/example-options.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { readRequest } from '../request/read-request.ts'
import { readAnswer } from './read-answer.ts'
import { writeAnswer } from './write-answer.ts'

const options = exampleOptions('openai-responses')
const answerWith = (parts: readonly ContentPart[], more: Partial<NeutralChoice> = {}): NeutralAnswer => ({
  id: 'msg_abc',
  model: 'm',
  createdS: 5,
  choices: [{ index: 0, parts, finish: 'stop', finishRaw: 'end_turn', ...more }],
})
const written = (parts: readonly ContentPart[], more: Partial<NeutralChoice> = {}): JsonObject =>
  JSON.parse(JSON.stringify(writeAnswer(answerWith(parts, more), options)))
const outputOf = (parts: readonly ContentPart[]) => written(parts)['output']

test('what is written for a client and read again holds the same parts in the same order', () => {
  const shape = {
    from: 'openai-responses' as const,
    kinds: ['text', 'refusal', 'tool-call'] as const,
    maxChoices: 1,
  }
  fc.assert(
    fc.property(arbitraryAnswer(shape), (answer) => {
      const again = readAnswer(writeAnswer(answer, options))
      const parts = again?.choices[0]?.parts.map(withoutIds)
      expect(parts).toEqual(answer.choices[0]?.parts.map(withoutIds))
      expect(again?.usage).toEqual(answer.usage)
    }),
  )
})

function withoutIds(part: ContentPart): unknown {
  if (part.kind === 'text') return { kind: 'text', text: part.text }
  if (part.kind !== 'tool-call') return part
  const { itemId: _itemId, ...rest } = part
  return rest
}

test('a response of the format passes through the neutral form with its ids, phases and tools', () => {
  const snapshot = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', '__fixtures__', 'full.json'), 'utf8'),
  )
  const answer = readAnswer(snapshot)
  const again = answer === undefined ? {} : writeAnswer(answer, options)
  const output = JSON.parse(JSON.stringify(again['output']))
  expect(output.map((item: JsonObject) => [item['type'], item['id']])).toEqual([
    ['reasoning', 'rs_1'],
    ['web_search_call', 'ws_1'],
    ['message', 'msg_1'],
    ['function_call', 'fc_1'],
    ['custom_tool_call', 'ctc_1'],
  ])
  expect(output.slice(1)).toEqual(snapshot.output.slice(1))
  expect(output[0].encrypted_content).toBe('gAAAAA+/==')
  expect(again['usage']).toEqual(snapshot.usage)
})

test('ids are those of the format, made from the provider’s', () => {
  const call: ContentPart = { kind: 'tool-call', id: 'toolu_1', name: 'f', arguments: '{}' }
  const answer = written([
    { kind: 'reasoning', text: 'Hm', from: 'anthropic' },
    { kind: 'text', text: 'A' },
    call,
  ])
  expect(answer['id']).toBe('resp_abc')
  expect(answer['output']).toMatchObject([
    { id: 'rs_abc_0', type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }] },
    {
      id: 'msg_abc_1',
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'A', annotations: [], logprobs: [] }],
    },
    {
      id: 'fc_abc_2',
      type: 'function_call',
      call_id: 'toolu_1',
      name: 'f',
      arguments: '{}',
      status: 'completed',
    },
  ])
})

test('A4.25 every way to end, as status and reason', () => {
  const ending = (
    finish: NeutralChoice['finish'],
    parts: readonly ContentPart[] = [{ kind: 'text', text: 'A' }],
  ) => {
    const { status, incomplete_details } = written(parts, { finish })
    return [status, isJsonObject(incomplete_details) ? incomplete_details['reason'] : null]
  }
  expect(ending('stop')).toEqual(['completed', null])
  expect(ending('tool-calls')).toEqual(['completed', null])
  expect(ending('length')).toEqual(['incomplete', 'max_output_tokens'])
  expect(ending('pause')).toEqual(['incomplete', 'max_output_tokens'])
  expect(ending('content-filter')).toEqual(['incomplete', 'content_filter'])
  expect(ending('refusal')).toEqual(['incomplete', 'content_filter'])
  expect(ending('refusal', [{ kind: 'refusal', text: 'No.' }])).toEqual(['completed', null])
  expect(ending('malformed-call')).toEqual(['completed', null])
  expect(ending('unknown')).toEqual(['completed', null])
})

test('A4.22 proofs of other providers go out with thoughts and after calls and texts, and come back whole', () => {
  const parts: ContentPart[] = [
    { kind: 'reasoning', text: 'Hm.', signature: 'EqQ+/=', from: 'anthropic' },
    { kind: 'reasoning', text: '', encrypted: 'abc==', isRedacted: true, from: 'anthropic' },
    { kind: 'text', text: 'A', signature: 'tx=' },
    { kind: 'tool-call', id: 'c', name: 'f', arguments: '{}', signature: 'CsY=', from: 'gemini' },
  ]
  const { messages } = readRequest({ model: 'm', input: outputOf(parts) })
  const content = messages[0]?.content.map((part) => {
    const { extra: _extra, itemId: _itemId, ...rest } = { itemId: '', extra: {}, ...part }
    return rest
  })
  expect(content).toEqual(parts)
})

test('sources of other formats are addresses', () => {
  const chat = { type: 'url_citation', url_citation: { start_index: 0, end_index: 1, url: 'u', title: 't' } }
  const citations = [
    { url: 'u', title: 't', raw: { format: 'openai-chat' as const, value: chat } },
    { url: 'https://e.com', start: 1, end: 2, raw: { format: 'anthropic' as const, value: {} } },
    { raw: { format: 'anthropic' as const, value: {} } },
  ]
  expect(outputOf([{ kind: 'text', text: 'A', citations }])).toMatchObject([
    {
      content: [
        {
          annotations: [
            { type: 'url_citation', start_index: 0, end_index: 1, url: 'u', title: 't' },
            {
              type: 'url_citation',
              start_index: 1,
              end_index: 2,
              url: 'https://e.com',
              title: 'https://e.com',
            },
          ],
        },
      ],
    },
  ])
})

test('an image that a model made is a finished call of the image tool; custom calls of chat are calls', () => {
  const image: ContentPart = {
    kind: 'image',
    source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' },
  }
  const value = { id: 'c', type: 'custom', custom: { name: 'patch', input: 'x' } }
  expect(outputOf([image, { kind: 'other', format: 'openai-chat', value }])).toMatchObject([
    { type: 'image_generation_call', status: 'completed', result: 'AAAA' },
    { type: 'custom_tool_call', call_id: 'c', name: 'patch', input: 'x', status: 'completed' },
  ])
  const foreign: ContentPart = {
    kind: 'other',
    format: 'anthropic',
    value: { type: 'server_tool_use', id: 's' },
  }
  expect(outputOf([foreign])).toEqual([])
})

test('a response repeats what was asked, with the format’s defaults', () => {
  const request = readRequest({
    model: 'm',
    input: 'Hi',
    instructions: 'Be brief.',
    tools: [{ type: 'function', name: 'f', parameters: null }],
    text: { verbosity: 'low', format: { type: 'json_object' } },
    reasoning: { effort: 'low' },
    temperature: 0.5,
    previous_response_id: 'resp_0',
    truncation: 'auto',
    metadata: { a: 'b' },
  })
  expect(writeAnswer(answerWith([]), { ...options, request })).toMatchObject({
    instructions: 'Be brief.',
    tools: [{ type: 'function', name: 'f', parameters: null, strict: true }],
    tool_choice: 'auto',
    text: { verbosity: 'low', format: { type: 'json_object' } },
    reasoning: { effort: 'low', summary: null },
    temperature: 0.5,
    top_p: 1,
    previous_response_id: 'resp_0',
    truncation: 'auto',
    metadata: { a: 'b' },
    parallel_tool_calls: true,
    usage: null,
    error: null,
  })
})

test('what is no answer, or says that it failed, is none', () => {
  expect(readAnswer({})).toBeUndefined()
  expect(
    readAnswer({ output: [], status: 'failed', error: { code: 'server_error', message: 'x' } }),
  ).toBeUndefined()
  expect(readAnswer({ output: [7, { type: 'message' }] })?.choices[0]?.parts).toEqual([])
})
