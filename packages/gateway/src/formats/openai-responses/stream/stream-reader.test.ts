import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AnswerCollector, collectAnswer } from '../../../neutral/collect-answer.ts'
import type { NeutralEvent } from '../../../neutral/neutral-answer.ts'
import { readStream } from '../../../neutral/testing/read-stream.ts'
import { readAnswer } from '../answer/read-answer.ts'
import { ResponsesStreamReader } from './stream-reader.ts'

const folder = join(import.meta.dirname, '..', '__fixtures__')
const bytesOf = (name: string) => readFileSync(join(folder, `${name}.sse`))
const eventsOf = (name: string) => readStream(new ResponsesStreamReader(), bytesOf(name))
const answerOf = (name: string) => collectAnswer(eventsOf(name), 'openai-responses')
const choiceOf = (name: string) => answerOf(name).choices[0]

test('A4.1–4 any split of any stream’s bytes gives the same events', () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sse'))
  expect(names.length).toBeGreaterThan(5)
  for (const name of names) {
    const bytes = readFileSync(join(folder, name))
    const whole = readStream(new ResponsesStreamReader(), bytes)
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
        expect(readStream(new ResponsesStreamReader(), bytes, cuts)).toEqual(whole)
      }),
      { numRuns: 20 },
    )
    expect(readStream(new ResponsesStreamReader(), bytes, Array.from(bytes.keys()))).toEqual(whole)
  }
})

test('A4.35 a whole stream makes the answer that its last snapshot is: thoughts, tools, text, calls', () => {
  const snapshot = JSON.parse(readFileSync(join(folder, 'full.json'), 'utf8'))
  expect(answerOf('full')).toEqual(readAnswer(snapshot))
})

test('A4.22 A4.38 golden parts: encrypted thoughts, sources, probabilities, custom calls', () => {
  const choice = choiceOf('full')
  expect(choice?.parts).toMatchObject([
    {
      kind: 'reasoning',
      id: 'rs_1',
      text: 'First thought.\n\nSecond.',
      encrypted: 'gAAAAA+/==',
      from: 'openai-responses',
      extra: { summary: [{ text: 'First thought.' }, { text: 'Second.' }] },
    },
    { kind: 'other', value: { type: 'web_search_call', status: 'completed', action: { query: 'Bern' } } },
    {
      kind: 'text',
      text: 'Bern 🐻 is fine.',
      extra: { item: { id: 'msg_1', phase: 'commentary' } },
      citations: [{ start: 0, end: 4, url: 'https://bern.ch', title: 'Bern' }],
    },
    { kind: 'tool-call', id: 'call_1', itemId: 'fc_1', name: 'weather', arguments: '{"city":"Bern"}' },
    { kind: 'other', value: { type: 'custom_tool_call', call_id: 'call_2', input: '*** Begin Patch' } },
  ])
  expect(choice).toMatchObject({ finish: 'tool-calls', finishRaw: 'completed' })
  expect(choice?.logprobs?.['content']).toHaveLength(2)
})

test('A4.30 usage in detail', () => {
  expect(answerOf('full')).toMatchObject({
    usage: {
      inputTokens: 20,
      cachedInputTokens: 4,
      cacheWriteTokens: 2,
      outputTokens: 30,
      reasoningTokens: 11,
    },
    serviceTier: 'default',
  })
})

test('events of a tool that runs at OpenAI pass as they are', () => {
  const types = eventsOf('full').flatMap((event) =>
    event.kind === 'other' ? [event.value.value['type']] : [],
  )
  expect(types).toEqual([
    'response.web_search_call.in_progress',
    'response.web_search_call.searching',
    'response.web_search_call.completed',
  ])
})

test('arguments only in .done, texts without part events, items only in the snapshot: nothing is lost', () => {
  expect(choiceOf('sparse')?.parts).toMatchObject([
    { kind: 'tool-call', name: 'weather', arguments: '{"a":1}' },
    { kind: 'text', text: 'No part was added.' },
    { kind: 'text', text: 'Only at the end.' },
  ])
})

test('A4.25 refusals and cut answers', () => {
  expect(choiceOf('refusal')).toMatchObject({
    parts: [{ kind: 'refusal', text: 'I cannot.' }],
    finish: 'refusal',
  })
  expect(choiceOf('incomplete')).toMatchObject({
    parts: [{ kind: 'text', text: 'Once upon' }],
    finish: 'length',
    finishRaw: 'max_output_tokens',
  })
})

test('thoughts in full, of servers that show them', () => {
  expect(choiceOf('thoughts-in-full')?.parts).toEqual([
    {
      kind: 'reasoning',
      id: 'rs_9',
      text: 'Well, yes.',
      from: 'openai-responses',
      extra: { content: [{ type: 'reasoning_text', text: 'Well, yes.' }] },
    },
  ])
})

test('A4.39 a failed response and an error event are errors, with the status that their words mean', () => {
  expect(eventsOf('failed').at(-1)).toEqual({
    kind: 'error',
    error: { status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded', message: 'Slow down.' },
  })
  expect(eventsOf('error').at(-1)).toMatchObject({
    kind: 'error',
    error: { status: 500, message: 'It broke.' },
  })
  const flat = { type: 'error', code: 'server_error', message: 'Flat.', param: null, sequence_number: 3 }
  const [event] = new ResponsesStreamReader().take({ event: 'error', data: JSON.stringify(flat) })
  expect(event).toMatchObject({ kind: 'error', error: { status: 500, message: 'Flat.' } })
})

test('A4.5 A4.7 a cut stream has no end; a malformed event is counted and skipped', () => {
  const collector = new AnswerCollector('openai-responses')
  collector.take(eventsOf('cut'))
  expect(collector.isEnded).toBe(false)
  const reader = new ResponsesStreamReader()
  const events = readStream(reader, bytesOf('malformed'))
  expect(reader.malformedEvents()).toBe(1)
  expect(events.at(-1)).toEqual({ kind: 'end' })
})

test('hostile events never throw', () => {
  const types = [
    'response.created',
    'response.output_item.added',
    'response.output_item.done',
    'response.content_part.added',
    'response.content_part.done',
    'response.output_text.delta',
    'response.output_text.done',
    'response.output_text.annotation.added',
    'response.function_call_arguments.delta',
    'response.reasoning_summary_text.delta',
    'response.completed',
    'response.failed',
  ]
  const itemTypes = fc.constantFrom('message', 'reasoning', 'function_call', 'x')
  const item = fc.oneof(
    fc.jsonValue(),
    fc.record({ type: itemTypes, content: fc.jsonValue(), summary: fc.jsonValue(), id: fc.jsonValue() }),
  )
  const anyEvent = fc
    .record({
      type: fc.constantFrom(...types),
      output_index: fc.constantFrom(0, 1, -1, 1.5, 'a'),
      content_index: fc.constantFrom(0, 1, null),
      item,
      part: fc.jsonValue(),
      delta: fc.jsonValue(),
      text: fc.jsonValue(),
      annotation: fc.jsonValue(),
      response: fc.oneof(fc.jsonValue(), fc.record({ output: fc.array(item), error: fc.jsonValue() })),
    })
    .map((event) => JSON.stringify(event))
  fc.assert(
    fc.property(fc.array(fc.oneof(anyEvent, fc.json()), { maxLength: 6 }), (list) => {
      const reader = new ResponsesStreamReader()
      const events: NeutralEvent[] = list.flatMap((data) => [...reader.take({ data })])
      expect(() => collectAnswer([...events, ...reader.finish()], 'openai-responses')).not.toThrow()
    }),
  )
})
