import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { collectAnswer } from '../../../neutral/collect-answer.ts'
import type { AnswerOptions } from '../../../neutral/codec.ts'
import type { NeutralEvent } from '../../../neutral/neutral-answer.ts'
import { arbitraryStream } from '../../../neutral/testing/arbitrary-events.ts'
import { readStream } from '../../../neutral/testing/read-stream.ts'
import { SseParser } from '../../sse-parser.ts'
import { readBlock } from '../read-block.ts'
import { makeStreamReader } from './stream-reader.ts'
import { makeStreamWriter } from './stream-writer.ts'

const fixture = (name: string) => readFileSync(new URL(`../__fixtures__/${name}`, import.meta.url)).toString()

const options: AnswerOptions = {
  model: 'team-default',
  id: 'msg_own',
  createdS: 1_790_000_000,
  wantsUsage: true,
  request: {
    from: 'anthropic',
    model: 'team-default',
    messages: [],
    isStream: true,
    wantsUsage: true,
    tools: [],
    extra: {},
  },
}

const start: NeutralEvent = { kind: 'start', id: '', model: 'm', createdS: 0 }
const place = { choice: 0, part: 0 }

function eventsOf(text: string): any[] {
  const blocks = new SseParser().push(Buffer.from(text))
  for (const block of blocks) expect(JSON.parse(block.data!).type).toBe(block.event)
  return blocks.map((block) => JSON.parse(block.data!))
}

function writeAll(events: readonly NeutralEvent[]): string {
  const writer = makeStreamWriter(options)
  return events.map((event) => writer.write([event])).join('')
}

/** Events of blocks that stand outside their block, or whose index is not the next one. */
function misplacedEvents(events: readonly any[]): any[] {
  let open = -1
  let next = 0
  const misplaced = events.filter((event) => {
    if (event.type === 'content_block_start') {
      const isWrong = open !== -1 || event.index !== next
      open = event.index
      next += 1
      return isWrong
    }
    if (!String(event.type).startsWith('content_block')) return event.type === 'message_delta' && open !== -1
    const isWrong = event.index !== open
    if (event.type === 'content_block_stop') open = -1
    return isWrong
  })
  return open === -1 ? misplaced : [...misplaced, 'a block is left open']
}

test('A4.32 interleaved calls of a chat stream become nested blocks with rising indices', () => {
  const events: NeutralEvent[] = JSON.parse(fixture('chat-interleaved-tools.events.json'))
  expect(writeAll(events)).toBe(fixture('chat-interleaved-tools.sse'))
})

test('A4.32 a recorded stream of Anthropic is written as it was read', () => {
  for (const name of ['thinking-and-tools.sse', 'web-search.sse']) {
    const events = readStream(makeStreamReader(), Buffer.from(fixture(name)))
    const again = readStream(makeStreamReader(), Buffer.from(makeStreamWriter(options).write(events)))
    expect(collectAnswer(again, 'anthropic')).toEqual({
      ...collectAnswer(events, 'anthropic'),
      model: 'team-default',
    })
  }
})

test('A4.32 whatever overlaps, blocks are nested, indices rise by one, and no text is lost', () => {
  const shape = {
    from: 'openai-chat' as const,
    kinds: ['text', 'reasoning', 'tool-call'] as const,
    maxChoices: 1,
  }
  fc.assert(
    fc.property(arbitraryStream(shape), fc.boolean(), ({ answer, events }, isBatched) => {
      const text = isBatched ? makeStreamWriter(options).write(events) : writeAll(events)
      const written = eventsOf(text)
      expect(written.filter((event) => event.type === 'message_start')).toHaveLength(1)
      expect(written[0].type).toBe('message_start')
      expect(written.at(-1).type).toBe('message_stop')
      expect(misplacedEvents(written)).toEqual([])
      const read = collectAnswer(readStream(makeStreamReader(), Buffer.from(text)), 'anthropic').choices[0]!
        .parts
      const expected = answer.choices[0]!.parts
      const joined = (parts: typeof read, kind: 'text' | 'reasoning') =>
        parts.map((part) => (part.kind === kind ? part.text : '')).join('')
      expect(joined(read, 'text')).toBe(joined(expected, 'text'))
      expect(joined(read, 'reasoning')).toBe(joined(expected, 'reasoning'))
      const calls = (parts: typeof read) =>
        parts
          .flatMap((part) =>
            part.kind === 'tool-call' ? [[part.id, part.name, part.arguments].join(' ')] : [],
          )
          .toSorted((one, other) => one.localeCompare(other))
      expect(calls(read)).toEqual(calls(expected))
    }),
  )
})

test('A4.32 what waited for a call goes out when the call ends, though nothing else has ended', () => {
  const begins = (part: number, kind: 'text' | 'tool-call'): NeutralEvent => ({
    kind: 'part-start',
    choice: 0,
    part,
    start: kind === 'text' ? { kind } : { kind, id: `c${part}`, name: 'f' },
  })
  const writer = makeStreamWriter(options)
  writer.write([
    start,
    begins(0, 'tool-call'),
    begins(1, 'text'),
    { kind: 'part-delta', choice: 0, part: 1, text: 'meanwhile' },
    begins(2, 'tool-call'),
    { kind: 'part-delta', choice: 0, part: 2, text: '{"a"' },
  ])
  const waited = writer.write([{ kind: 'part-end', choice: 0, part: 0 }])
  expect(waited).toContain('meanwhile')
  expect(waited).toContain('"id":"c2"')
  const rest = writer.write([
    { kind: 'part-delta', choice: 0, part: 1, text: ' and after' },
    { kind: 'part-delta', choice: 0, part: 2, text: ':1}' },
    { kind: 'end' },
  ])
  expect(rest.indexOf(':1}')).toBeLessThan(rest.indexOf(' and after'))
})

test('A4.33 a call without arguments is called with {}', () => {
  const call = { kind: 'tool-call', id: 'c', name: 'now' } as const
  const deltas = eventsOf(
    writeAll([
      start,
      { kind: 'part-start', ...place, start: call },
      { kind: 'part-end', ...place },
      { kind: 'end' },
    ]),
  ).filter((event) => event.type === 'content_block_delta')
  expect(deltas).toEqual([
    { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{}' } },
  ])
})

test('A4.28 usage that comes with the first event is told in message_start, and again at the end', () => {
  const usage = {
    inputTokens: 1321,
    outputTokens: 5,
    cachedInputTokens: 1000,
    cacheWriteTokens: 300,
    cacheWriteHourTokens: 100,
    reasoningTokens: 0,
  }
  const writer = makeStreamWriter(options)
  const [first] = eventsOf(writer.write([start, { kind: 'usage', usage }]))
  expect(first.message.usage).toMatchObject({
    input_tokens: 21,
    cache_creation_input_tokens: 300,
    cache_read_input_tokens: 1000,
    cache_creation: { ephemeral_5m_input_tokens: 200, ephemeral_1h_input_tokens: 100 },
  })
  const last = eventsOf(
    writer.write([{ kind: 'usage', usage: { ...usage, outputTokens: 9 } }, { kind: 'end' }]),
  )
  expect(last[0]).toMatchObject({ type: 'message_delta', usage: { input_tokens: 21, output_tokens: 9 } })
})

test('A4.22 thoughts of other providers come back with every byte of their proof', () => {
  const reasoning = { kind: 'reasoning', id: 'rs_1' } as const
  const events: NeutralEvent[] = [
    start,
    { kind: 'part-start', ...place, start: reasoning },
    { kind: 'part-delta', ...place, text: 'Hm.' },
    { kind: 'part-proof', ...place, from: 'openai-responses', encrypted: 'gAAAAAB+/==' },
    { kind: 'part-end', ...place },
    { kind: 'part-start', choice: 0, part: 1, start: { kind: 'reasoning', isRedacted: true } },
    { kind: 'part-proof', choice: 0, part: 1, from: 'bedrock', encrypted: 'AAECAw==' },
    { kind: 'part-end', choice: 0, part: 1 },
    { kind: 'end' },
  ]
  const answer = collectAnswer(readStream(makeStreamReader(), Buffer.from(writeAll(events))), 'anthropic')
  const [signed, redacted] = eventsOf(writeAll(events))
    .filter((event) => event.type === 'content_block_start')
    .map((event) => event.content_block)
  expect([signed.type, redacted.type]).toEqual(['thinking', 'redacted_thinking'])
  expect(answer.choices[0]!.parts).toMatchObject([
    { kind: 'reasoning', text: 'Hm.' },
    { kind: 'reasoning', from: 'bedrock', encrypted: 'AAECAw==', isRedacted: true },
  ])
})

test('A4.22 thoughts without a proof come back as those of the format that thought them', () => {
  const writer = makeStreamWriter({ ...options, from: 'openai-chat' })
  const text = writer.write([
    start,
    { kind: 'part-start', ...place, start: { kind: 'reasoning' } },
    { kind: 'part-delta', ...place, text: 'Hm.' },
    { kind: 'part-end', ...place },
    { kind: 'end' },
  ])
  const answer = collectAnswer(readStream(makeStreamReader(), Buffer.from(text)), 'anthropic')
  const [block] = eventsOf(text).flatMap((event) => event.delta?.signature ?? [])
  const sent = { type: 'thinking', thinking: 'Hm.', signature: block }
  expect(answer.choices[0]!.parts).toMatchObject([{ kind: 'reasoning', text: 'Hm.' }])
  expect(readBlock(sent)).toEqual({ kind: 'reasoning', text: 'Hm.', from: 'openai-chat' })
})

test('A4.22 the signature of a call travels in a block of its own behind the call', () => {
  const call = { kind: 'tool-call', id: 'c', name: 'now' } as const
  const blocks = eventsOf(
    writeAll([
      start,
      { kind: 'part-start', ...place, start: call },
      { kind: 'part-proof', ...place, from: 'gemini', signature: 'c2ln' },
      { kind: 'part-end', ...place },
      { kind: 'end' },
    ]),
  ).filter((event) => event.type === 'content_block_start')
  expect(blocks.map((event) => [event.index, event.content_block.type])).toEqual([
    [0, 'tool_use'],
    [1, 'redacted_thinking'],
  ])
})

test('A4.25 calls end with tool_use even when the provider says that it just stopped', () => {
  const events = eventsOf(
    writeAll([
      start,
      { kind: 'part-start', ...place, start: { kind: 'tool-call', id: 'c', name: 'f' } },
      { kind: 'part-end', ...place },
      { kind: 'finish', choice: 0, finish: 'stop', finishRaw: 'STOP' },
      { kind: 'end' },
    ]),
  )
  expect(events.at(-2).delta.stop_reason).toBe('tool_use')
})

test('A4.37 the stream ends with message_stop and never says [DONE]', () => {
  const text = writeAll([
    start,
    { kind: 'finish', choice: 0, finish: 'stop', finishRaw: 'stop' },
    { kind: 'end' },
  ])
  expect(text).not.toContain('[DONE]')
  expect(text.endsWith('event: message_stop\ndata: {"type":"message_stop"}\n\n')).toBe(true)
})

test('A4.5 a stream that is cut gets an error event and no message_stop', () => {
  const error = { status: 502, type: 'server_error', code: 'provider_stream_cut', message: 'Cut.' }
  const events = eventsOf(
    writeAll([
      start,
      { kind: 'part-start', ...place, start: { kind: 'text' } },
      { kind: 'part-delta', ...place, text: 'Hel' },
      { kind: 'error', error },
    ]),
  )
  expect(events.at(-1)).toEqual({
    type: 'error',
    error: { type: 'api_error', message: 'Cut.', details: { error_code: 'provider_stream_cut' } },
    request_id: null,
  })
})

test('A4.38 only the first of several choices is told; clients of this format cannot ask for more', () => {
  const text = writeAll([
    start,
    { kind: 'part-start', choice: 1, part: 0, start: { kind: 'text' } },
    { kind: 'part-delta', choice: 1, part: 0, text: 'second' },
    { kind: 'finish', choice: 1, finish: 'length', finishRaw: 'length' },
    { kind: 'finish', choice: 0, finish: 'stop', finishRaw: 'stop' },
    { kind: 'end' },
  ])
  expect(text).not.toContain('second')
  expect(text).toContain('"stop_reason":"end_turn"')
})

test('sound, images and server tools of other formats are left out without a trace', () => {
  const events = eventsOf(
    writeAll([
      start,
      { kind: 'part-start', ...place, start: { kind: 'audio', id: 'a' } },
      { kind: 'part-delta', ...place, text: 'UklGRg==' },
      { kind: 'part-end', ...place },
      { kind: 'part-start', choice: 0, part: 1, start: { kind: 'other', format: 'gemini', value: {} } },
      { kind: 'part-end', choice: 0, part: 1 },
      { kind: 'part-start', choice: 0, part: 2, start: { kind: 'text' } },
      { kind: 'part-delta', choice: 0, part: 2, text: 'x' },
      { kind: 'part-end', choice: 0, part: 2 },
      { kind: 'end' },
    ]),
  )
  expect(events.filter((event) => event.type === 'content_block_start').map((event) => event.index)).toEqual([
    0,
  ])
})
