import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerEvents } from '../../../neutral/answer-events.ts'
import type { AnswerOptions } from '../../../neutral/codec.ts'
import { collectAnswer } from '../../../neutral/collect-answer.ts'
import type { ContentPart } from '../../../neutral/content.ts'
import type { NeutralChoice, NeutralEvent } from '../../../neutral/neutral-answer.ts'
import { arbitraryStream } from '../../../neutral/testing/arbitrary-events.ts'
import { readStream } from '../../../neutral/testing/read-stream.ts'
import { exampleOptions } from '../../openai/testing/example-options.ts'
import { SseParser } from '../../sse-parser.ts'
import { ChatStreamReader } from './stream-reader.ts'
import { ChatStreamWriter } from './stream-writer.ts'

const options = exampleOptions('openai-chat')
const write = (events: readonly NeutralEvent[], choose: AnswerOptions = options) =>
  new ChatStreamWriter(choose).write(events)
const blocksOf = (text: string) => new SseParser().push(Buffer.from(text)).map(({ data }) => data)
const chunksOf = (text: string) =>
  blocksOf(text).flatMap((data) => (data === undefined || data === '[DONE]' ? [] : [JSON.parse(data)]))
const deltasOf = (text: string) =>
  chunksOf(text).flatMap(({ choices }) => choices.map((c: { delta: unknown }) => c.delta))

function eventsFor(parts: readonly ContentPart[], more: Partial<NeutralChoice> = {}): NeutralEvent[] {
  const choice = { index: 0, parts, finish: 'stop' as const, finishRaw: 'stop', ...more }
  return answerEvents({ id: 'a1', model: 'm', createdS: 5, choices: [choice] })
}

test('a written stream that is read again makes the same answer, with pieces, mixed calls and choices', () => {
  const shape = {
    from: 'openai-chat' as const,
    kinds: ['text', 'tool-call', 'refusal'] as const,
    maxChoices: 3,
  }
  fc.assert(
    fc.property(
      arbitraryStream(shape),
      fc.array(fc.nat(2000), { maxLength: 5 }),
      ({ answer, events }, cuts) => {
        const writer = new ChatStreamWriter(options)
        const bytes = Buffer.from(events.map((event) => writer.write([event])).join(''))
        const places = cuts.filter((cut) => cut < bytes.length)
        const again = collectAnswer(readStream(new ChatStreamReader(), bytes, places), 'openai-chat')
        expect(again.usage).toEqual(answer.usage)
        expect(again.choices.map(sums)).toEqual(answer.choices.map(sums))
      },
    ),
  )
})

/** Deltas do not say where one text ends and the next begins. */
function sums({ index, parts }: NeutralChoice) {
  const textsOf = (kind: string) =>
    parts.map((part) => (part.kind === kind && 'text' in part ? part.text : '')).join('')
  const calls = parts
    .filter((part) => part.kind === 'tool-call')
    .map(({ id, name, arguments: text }) => ({ id, name, text }))
    .toSorted((one, other) => one.id.localeCompare(other.id))
  return { index, text: textsOf('text'), refusal: textsOf('refusal'), calls }
}

test('golden: a text, call by call, usage and [DONE]', () => {
  const events = eventsFor(
    [
      { kind: 'text', text: 'Hi "you"' },
      { kind: 'tool-call', id: 'c1', name: 'f', arguments: '{"a":1}' },
    ],
    { finish: 'tool-calls', finishRaw: 'tool_use' },
  )
  const usage = {
    inputTokens: 3,
    outputTokens: 2,
    cachedInputTokens: 1,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  }
  const golden = readFileSync(join(import.meta.dirname, '..', '__fixtures__', 'written.golden'), 'utf8')
  expect(write([...events.slice(0, -1), { kind: 'usage', usage }, { kind: 'end' }])).toBe(golden)
})

test('A4.33 only calls of the client are counted, id and name come once, and no arguments are {}', () => {
  const search = { kind: 'other' as const, format: 'anthropic' as const, value: { type: 'server_tool_use' } }
  const text = write(
    eventsFor([
      search,
      { kind: 'tool-call', id: 'c1', name: 'f', arguments: '' },
      search,
      { kind: 'tool-call', id: 'c2', name: 'g', arguments: '{}' },
    ]),
  )
  expect(deltasOf(text)).toEqual([
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'f', arguments: '' } }],
    },
    { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
    { tool_calls: [{ index: 1, id: 'c2', type: 'function', function: { name: 'g', arguments: '' } }] },
    { tool_calls: [{ index: 1, function: { arguments: '{}' } }] },
    {},
  ])
})

test('A4.36 usage is hidden unless asked for', () => {
  const usage = {
    inputTokens: 3,
    outputTokens: 2,
    cachedInputTokens: 1,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  }
  const events: NeutralEvent[] = [
    ...eventsFor([{ kind: 'text', text: 'A' }]).slice(0, -1),
    { kind: 'usage', usage },
    { kind: 'end' },
  ]
  const told = chunksOf(write(events))
  expect(told.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 3, total_tokens: 5 } })
  expect(told.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true)
  expect(write(events, { ...options, wantsUsage: false })).not.toContain('usage')
})

test('A4.37 [DONE] is the last word, once, and never after an error', () => {
  const events = eventsFor([{ kind: 'text', text: 'A' }])
  expect(write([...events, ...events]).match(/\[DONE\]/g)).toHaveLength(1)
  expect(blocksOf(write(events)).at(-1)).toBe('[DONE]')
  const error = { status: 529, type: 'overloaded_error', code: '', message: 'Busy.' }
  const failed = write([...events.slice(0, 3), { kind: 'error', error }, { kind: 'end' }])
  expect(failed).not.toContain('[DONE]')
  expect(chunksOf(failed).at(-1)).toEqual({
    error: { message: 'Busy.', type: 'server_error', param: null, code: 'overloaded_error' },
  })
})

test('A4.38 probabilities come in the chunk of their text', () => {
  const logprobs = { content: [{ token: 'A' }] }
  const text = write([
    { kind: 'start', id: 'a', model: 'm', createdS: 1 },
    { kind: 'part-start', choice: 0, part: 0, start: { kind: 'text' } },
    { kind: 'part-delta', choice: 0, part: 0, text: 'A' },
    { kind: 'logprobs', choice: 0, logprobs },
  ])
  expect(chunksOf(text)).toMatchObject([
    { choices: [{ delta: { content: 'A' }, logprobs, finish_reason: null }] },
  ])
})

test('A4.22 a proof comes as one detail with the whole thought', () => {
  const text = write(eventsFor([{ kind: 'reasoning', text: 'Hm', signature: 's=', from: 'anthropic' }]))
  const [first, second] = deltasOf(text)
  expect(first).toEqual({ role: 'assistant', content: null, reasoning_content: 'Hm' })
  expect(second.reasoning_details).toMatchObject([{ type: 'reasoning.text', text: 'Hm', index: 0 }])
})

test('A4.34 thought and signed call of one chunk both reach the client', () => {
  const call: ContentPart = {
    kind: 'tool-call',
    id: 'c',
    name: 'f',
    arguments: '{}',
    signature: 'g=',
    from: 'gemini',
  }
  const deltas = deltasOf(write(eventsFor([{ kind: 'reasoning', text: 'Hm', from: 'gemini' }, call])))
  expect(deltas[0]).toMatchObject({ reasoning_content: 'Hm' })
  const proof = deltas.find((delta) => delta.tool_calls?.[0].extra_content !== undefined)
  expect(proof?.tool_calls?.[0]).toMatchObject({ index: 0, function: { arguments: '' } })
})

test('clients that speak functions get function_call of the first call', () => {
  const choose = exampleOptions('openai-chat', { usesFunctions: true })
  const calls: ContentPart[] = [
    { kind: 'tool-call', id: 'c', name: 'f', arguments: '{"a":1}' },
    { kind: 'tool-call', id: 'd', name: 'g', arguments: '{}' },
  ]
  const text = write(eventsFor(calls, { finish: 'tool-calls', finishRaw: 'tool_calls' }), choose)
  expect(deltasOf(text)).toEqual([
    { role: 'assistant', content: null, function_call: { name: 'f', arguments: '' } },
    { function_call: { arguments: '{"a":1}' } },
    {},
  ])
  expect(chunksOf(text).at(-1).choices[0].finish_reason).toBe('function_call')
})

test('A4.6 a heartbeat stands between events, as a comment', () => {
  expect(write([{ kind: 'ping' }])).toBe(': ping\n\n')
})

test('a choice that never said why it ended has stopped', () => {
  const text = write([
    { kind: 'part-start', choice: 1, part: 0, start: { kind: 'text' } },
    { kind: 'part-delta', choice: 1, part: 0, text: 'A' },
    { kind: 'end' },
  ])
  expect(chunksOf(text)).toMatchObject([
    { id: 'own-id-1', created: 1_700_000_000, choices: [{ index: 1, delta: { content: 'A' } }] },
    { choices: [{ index: 1, finish_reason: 'stop' }] },
  ])
})
