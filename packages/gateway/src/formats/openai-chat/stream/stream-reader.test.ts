import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AnswerCollector, collectAnswer } from '../../../neutral/collect-answer.ts'
import type { NeutralEvent } from '../../../neutral/neutral-answer.ts'
import { readStream } from '../../../neutral/testing/read-stream.ts'
import { ChatStreamReader } from './stream-reader.ts'

const folder = join(import.meta.dirname, '..', '__fixtures__')
const bytesOf = (name: string) => readFileSync(join(folder, `${name}.sse`))
const eventsOf = (name: string) => readStream(new ChatStreamReader(), bytesOf(name))
const answerOf = (name: string) => collectAnswer(eventsOf(name), 'openai-chat')
const partsOf = (name: string) => answerOf(name).choices[0]?.parts

test('A4.1–4 any split of any stream’s bytes gives the same events', () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sse'))
  expect(names.length).toBeGreaterThan(10)
  for (const name of names) {
    const bytes = readFileSync(join(folder, name))
    const whole = readStream(new ChatStreamReader(), bytes)
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
        expect(readStream(new ChatStreamReader(), bytes, cuts)).toEqual(whole)
      }),
      { numRuns: 30 },
    )
    const everyByte = Array.from(bytes.keys())
    expect(readStream(new ChatStreamReader(), bytes, everyByte)).toEqual(whole)
  }
})

test('A4.38 text with probabilities, sources, tier and fingerprint; A4.36 usage of the last chunk', () => {
  expect(answerOf('openai-text')).toEqual({
    id: 'chatcmpl-1',
    model: 'gpt-5-test',
    createdS: 1_730_000_000,
    choices: [
      {
        index: 0,
        parts: [
          {
            kind: 'text',
            text: 'Grüezi 🌍\u2028!',
            citations: [
              {
                start: 0,
                end: 6,
                url: 'https://example.com',
                title: 'Ex',
                raw: {
                  format: 'openai-chat',
                  value: {
                    type: 'url_citation',
                    url_citation: { start_index: 0, end_index: 6, url: 'https://example.com', title: 'Ex' },
                  },
                },
              },
            ],
          },
        ],
        finish: 'stop',
        finishRaw: 'stop',
        logprobs: {
          content: [
            { token: 'Grüezi', logprob: -0.5, bytes: null, top_logprobs: [] },
            { token: ' 🌍', logprob: -0.5, bytes: null, top_logprobs: [] },
          ],
          refusal: null,
        },
      },
    ],
    usage: {
      inputTokens: 19,
      outputTokens: 10,
      cachedInputTokens: 8,
      cacheWriteTokens: 4,
      reasoningTokens: 3,
      audioInputTokens: 2,
      audioOutputTokens: 1,
      acceptedPredictionTokens: 5,
      rejectedPredictionTokens: 6,
    },
    serviceTier: 'default',
    extra: { system_fingerprint: 'fp_1' },
    from: 'openai-chat',
  })
})

test('parallel calls with interleaved deltas stay apart, and a text before them ends first', () => {
  expect(partsOf('openai-tools')).toEqual([
    { kind: 'text', text: 'Let me see.' },
    { kind: 'tool-call', id: 'call_a', name: 'weather', arguments: '{"city":"Bern"}' },
    { kind: 'tool-call', id: 'call_b', name: 'time', arguments: '{"zone":"CET"}' },
    { kind: 'tool-call', id: 'call_c', name: 'now', arguments: '' },
  ])
  const order = eventsOf('openai-tools').flatMap((event) =>
    event.kind === 'part-start' || event.kind === 'part-end' ? [`${event.kind} ${event.part}`] : [],
  )
  expect(order).toEqual([
    'part-start 0',
    'part-end 0',
    'part-start 1',
    'part-start 2',
    'part-start 3',
    'part-end 1',
    'part-end 2',
    'part-end 3',
  ])
})

test('a server that repeats id and name in every delta means one call; "stop" with calls is a call', () => {
  expect(answerOf('repeated-id').choices[0]).toMatchObject({
    parts: [{ kind: 'tool-call', id: 'call_a', name: 'weather', arguments: '{"a":1}' }],
    finish: 'tool-calls',
    finishRaw: 'stop',
  })
})

test('A4.34 calls that all begin at index 0 are calls of their own', () => {
  expect(partsOf('restarted-index')).toEqual([
    { kind: 'tool-call', id: 'call_a', name: 'weather', arguments: '{}' },
    { kind: 'tool-call', id: 'call_b', name: 'weather', arguments: '{"b":2}' },
  ])
})

test('whole calls without index and id get ids of their own, the same ones every time', () => {
  const parts = partsOf('without-index')
  expect(parts).toEqual([
    { kind: 'tool-call', id: 'call_r10_0', name: 'weather', arguments: '{"a":1}' },
    { kind: 'tool-call', id: 'call_r10_1', name: 'time', arguments: '{}' },
  ])
  expect(partsOf('without-index')).toEqual(parts)
})

test('A4.36 DeepSeek: thoughts, and usage beside a choice with its own words for the cache', () => {
  expect(answerOf('deepseek')).toMatchObject({
    choices: [
      {
        parts: [
          {
            kind: 'reasoning',
            text: 'First, think.',
            from: 'openai-chat',
            extra: { field: 'reasoning_content' },
          },
          { kind: 'text', text: 'Yes.' },
        ],
      },
    ],
    usage: { inputTokens: 12, cachedInputTokens: 10, outputTokens: 6, reasoningTokens: 4 },
  })
})

test('A4.22 OpenRouter: the signature of a thought keeps every byte, and the text is not told twice', () => {
  expect(answerOf('openrouter')).toMatchObject({
    choices: [
      {
        parts: [
          {
            kind: 'reasoning',
            text: 'Let me think',
            signature: 'EqQB+/==',
            extra: {
              field: 'reasoning_details',
              detail: { type: 'reasoning.text', format: 'anthropic-claude-v1', index: 0 },
            },
          },
          { kind: 'text', text: 'Done.' },
        ],
        finish: 'stop',
      },
    ],
    extra: { provider: 'Anthropic' },
    usage: { inputTokens: 5, outputTokens: 7 },
  })
})

test('Groq: CR LF, thoughts in "reasoning", usage in x_groq', () => {
  expect(answerOf('groq')).toMatchObject({
    choices: [
      {
        parts: [
          { kind: 'reasoning', text: 'Hm.' },
          { kind: 'text', text: 'Hi' },
        ],
      },
    ],
    usage: { inputTokens: 3, outputTokens: 2 },
  })
})

test('Azure: a first chunk about filters is no start', () => {
  const answer = answerOf('azure')
  expect(answer).toMatchObject({ id: 'az1', model: 'gpt-az', choices: [{ finish: 'content-filter' }] })
  expect(answer.extra).toHaveProperty('prompt_filter_results')
})

test('Mistral: thoughts and texts in a list; A4.25 its word for a full context', () => {
  expect(answerOf('mistral').choices[0]).toEqual({
    index: 0,
    parts: [
      { kind: 'reasoning', text: 'So...', from: 'openai-chat' },
      { kind: 'text', text: '42' },
    ],
    finish: 'length',
    finishRaw: 'model_length',
  })
})

test('sound: pieces, what it says, and when it expires, which comes after the end of its choice', () => {
  expect(partsOf('openai-audio')).toEqual([
    {
      kind: 'audio',
      source: { kind: 'base64', mediaType: 'application/octet-stream', data: 'AAECAwQF' },
      extra: { id: 'audio_1', transcript: 'Hello', expires_at: 1_730_003_600 },
    },
  ])
})

test('A4.38 several choices at once, one of them refused', () => {
  expect(answerOf('openai-choices').choices).toEqual([
    { index: 0, parts: [{ kind: 'text', text: 'AB' }], finish: 'length', finishRaw: 'length' },
    { index: 1, parts: [{ kind: 'refusal', text: 'I cannot.' }], finish: 'refusal', finishRaw: 'stop' },
  ])
})

test('calls of custom tools, calls of functions, and Google’s signed calls', () => {
  expect(partsOf('openai-custom')).toEqual([
    {
      kind: 'other',
      format: 'openai-chat',
      value: { id: 'call_p', type: 'custom', custom: { name: 'patch', input: '*** Begin Patch' } },
    },
  ])
  expect(answerOf('openai-functions').choices[0]).toMatchObject({
    parts: [{ kind: 'tool-call', id: 'call_chatcmpl10_0', name: 'weather', arguments: '{"a":1}' }],
    finish: 'tool-calls',
  })
  expect(partsOf('google-signed')).toEqual([
    { kind: 'tool-call', id: 'call_g', name: 'f', arguments: '{}', signature: 'CsY=', from: 'openai-chat' },
  ])
})

test('A4.39 an error inside a stream is an error, with the status that it names, and nothing follows', () => {
  const events = eventsOf('error-event')
  expect(events.at(-1)).toEqual({
    kind: 'error',
    error: {
      status: 503,
      type: 'server_error',
      code: '',
      message: 'Provider overloaded: upstream said no',
    },
  })
})

test('A4.7 a malformed event is counted and skipped', () => {
  const reader = new ChatStreamReader()
  const events = readStream(reader, bytesOf('malformed'))
  expect(collectAnswer(events, 'openai-chat').choices[0]?.parts).toEqual([{ kind: 'text', text: 'AC' }])
  expect(reader.malformedEvents()).toBe(1)
})

test('A4.5 a stream that breaks off has no end; one without [DONE] ends when its choice has', () => {
  const collect = (name: string) => {
    const collector = new AnswerCollector('openai-chat')
    collector.take(eventsOf(name))
    return collector.isEnded
  }
  expect(collect('cut')).toBe(false)
  expect(collect('without-index')).toBe(true)
  expect(collect('openai-text')).toBe(true)
})

test('hostile chunks never throw', () => {
  const anyChunk = fc.oneof(
    fc.json(),
    fc
      .record({
        choices: fc.oneof(
          fc.jsonValue(),
          fc.array(
            fc.record({
              index: fc.jsonValue(),
              delta: fc.oneof(
                fc.jsonValue(),
                fc.record({
                  content: fc.jsonValue(),
                  tool_calls: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())),
                  reasoning_details: fc.array(fc.jsonValue()),
                  annotations: fc.jsonValue(),
                  audio: fc.jsonValue(),
                }),
              ),
              finish_reason: fc.jsonValue(),
              logprobs: fc.jsonValue(),
            }),
          ),
        ),
        usage: fc.jsonValue(),
        error: fc.option(fc.jsonValue(), { nil: undefined }),
      })
      .map((chunk) => JSON.stringify(chunk)),
  )
  fc.assert(
    fc.property(fc.array(anyChunk, { maxLength: 5 }), (chunks) => {
      const reader = new ChatStreamReader()
      const events: NeutralEvent[] = chunks.flatMap((data) => [...reader.take({ data })])
      expect(() => collectAnswer([...events, ...reader.finish()], 'openai-chat')).not.toThrow()
    }),
  )
})
