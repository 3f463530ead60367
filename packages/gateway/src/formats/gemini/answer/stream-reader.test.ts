import fc from 'fast-check'
import { expect, test } from 'vitest'
import { collectAnswer } from '../../../neutral/collect-answer.ts'
import { fixture, readStream, streamOf } from '../testing/read-stream.ts'
import { makeStreamReader } from './stream-reader.ts'

const place = (part: number) => ({ choice: 0, part })
const candidate = (parts: readonly object[], rest: object = {}) => ({
  candidates: [{ content: { parts, role: 'model' }, ...rest }],
})

test('a streamed answer with thoughts gives thoughts, text and cumulative usage', () => {
  const events = readStream(fixture('text.sse'))
  expect(events.filter(({ kind }) => kind !== 'usage')).toEqual([
    { kind: 'start', id: 'mAitaLmkHPPlz7IP_tfUqQ4', model: 'gemini-3.8-flash', createdS: 0 },
    { kind: 'part-start', ...place(0), start: { kind: 'reasoning' } },
    { kind: 'part-delta', ...place(0), text: 'The user asks ' },
    { kind: 'part-delta', ...place(0), text: 'for the sky.' },
    { kind: 'part-end', ...place(0) },
    { kind: 'part-start', ...place(1), start: { kind: 'text' } },
    { kind: 'part-delta', ...place(1), text: 'Der Himmel ist schön' },
    { kind: 'part-delta', ...place(1), text: ' blau. 🌍' },
    { kind: 'part-proof', ...place(1), from: 'gemini', signature: 'EpwDCpkDAXLI2nz+/w==' },
    { kind: 'part-end', ...place(1) },
    {
      kind: 'choice-fields',
      choice: 0,
      other: {
        kind: 'other',
        format: 'gemini',
        value: { safetyRatings: [{ category: 'HARM_CATEGORY_HARASSMENT', probability: 'NEGLIGIBLE' }] },
      },
    },
    { kind: 'finish', choice: 0, finish: 'stop', finishRaw: 'STOP' },
    { kind: 'answer-fields', from: 'gemini', extra: { usageMetadata: { toolUsePromptTokenCount: 3 } } },
    { kind: 'end' },
  ])
})

test('A4.29 output is candidates and thoughts, input has what tools added to the prompt', () => {
  expect(collectAnswer(readStream(fixture('text.sse')), 'gemini').usage).toEqual({
    inputTokens: 12,
    outputTokens: 41,
    cachedInputTokens: 4,
    cacheWriteTokens: 0,
    reasoningTokens: 32,
  })
})

test('A4.34 calls over chunks are parts of their own, and a thought in the chunk of a call is kept', () => {
  const answer = collectAnswer(readStream(fixture('calls.sse')), 'gemini')
  expect(answer.choices).toEqual([
    {
      index: 0,
      finish: 'tool-calls',
      finishRaw: 'STOP',
      parts: [
        { kind: 'reasoning', text: 'Two calls are needed.', from: 'gemini' },
        {
          kind: 'tool-call',
          id: 'gemini_call_r1_0',
          name: 'get_weather',
          arguments: '{"city":"Köln","days":[1,2]}',
          signature: 'Cq8EAb4+9vs=',
          from: 'gemini',
        },
        { kind: 'tool-call', id: 'gemini_call_r1_1', name: 'get_weather', arguments: '{"city":"Bonn"}' },
        { kind: 'tool-call', id: 'own-7', name: 'get_time', arguments: '{}' },
      ],
    },
  ])
})

test('A4.34 ids that we make up differ over turns and fit into 40 characters', () => {
  const call = (responseId: string) => ({ ...candidate([{ functionCall: { name: 'f' } }]), responseId })
  const idOf = (responseId: string) => {
    const [part] = collectAnswer(readStream(streamOf(call(responseId))), 'gemini').choices[0]?.parts ?? []
    return part?.kind === 'tool-call' ? part.id : ''
  }
  expect(idOf('one')).not.toBe(idOf('two'))
  expect(idOf('one')).toBe(idOf('one'))
  expect(idOf(`${'x'.repeat(100)}/+ü`)).toMatch(/^[a-zA-Z0-9_-]{1,40}$/)
})

test('arguments that Vertex streams in pieces are put together', () => {
  const answer = collectAnswer(readStream(fixture('streamed-arguments.sse')), 'gemini')
  expect(answer.choices[0]?.finish).toBe('tool-calls')
  expect(answer.choices[0]?.parts).toMatchObject([
    {
      name: 'book',
      arguments: '{"city":"Cologne","guests":[{"age":4,"vip":false}],"note":null}',
      signature: 'c2ln',
    },
    { name: 'pay', arguments: '{"sum":1}' },
  ])
})

test('A4.38 sources belong to the text, counted in its characters instead of bytes', () => {
  const answer = collectAnswer(readStream(fixture('grounded.sse')), 'gemini')
  const raw = {
    format: 'gemini',
    value: { segment: { startIndex: 9, endIndex: 12, text: '42.' }, groundingChunkIndices: [0, 1] },
  }
  expect(answer.choices[0]?.parts).toEqual([
    {
      kind: 'text',
      text: 'Größe: 42.',
      citations: [
        { start: 7, end: 10, quote: '42.', url: 'https://a.example/1', title: 'A', raw },
        { start: 7, end: 10, quote: '42.', url: 'https://b.example/2', title: 'B', raw },
      ],
    },
  ])
  expect(answer.choices[0]?.other?.value).toMatchObject({
    groundingMetadata: { webSearchQueries: ['größe'] },
  })
})

test('A4.38 several candidates and log probabilities', () => {
  const chosen = { token: 'a', tokenId: 5, logProbability: -0.1 }
  const logprobsResult = { chosenCandidates: [chosen], topCandidates: [{ candidates: [chosen] }] }
  const answer = collectAnswer(
    readStream(
      streamOf(
        {
          candidates: [
            { index: 1, content: { parts: [{ text: 'b' }] } },
            { content: { parts: [{ text: 'a' }] } },
          ],
        },
        { candidates: [{ index: 1, finishReason: 'MAX_TOKENS' }] },
        { candidates: [{ index: 0, logprobsResult, finishReason: 'STOP' }] },
      ),
    ),
    'gemini',
  )
  const token = { token: 'a', logprob: -0.1, bytes: null }
  expect(answer.choices).toEqual([
    {
      index: 0,
      parts: [{ kind: 'text', text: 'a' }],
      finish: 'stop',
      finishRaw: 'STOP',
      logprobs: { content: [{ ...token, top_logprobs: [token] }], refusal: null },
    },
    { index: 1, parts: [{ kind: 'text', text: 'b' }], finish: 'length', finishRaw: 'MAX_TOKENS' },
  ])
})

test('A4.26 a blocked prompt without candidates is a filtered answer, and a whole one', () => {
  const promptFeedback = { blockReason: 'PROHIBITED_CONTENT' }
  const events = readStream(
    streamOf({ promptFeedback, usageMetadata: { promptTokenCount: 5 }, responseId: 'b' }),
  )
  expect(events).toMatchObject([
    { kind: 'start', id: 'b' },
    { kind: 'answer-fields', extra: { promptFeedback }, from: 'gemini' },
    { kind: 'finish', choice: 0, finish: 'content-filter', finishRaw: 'PROHIBITED_CONTENT' },
    { kind: 'usage', usage: { inputTokens: 5 } },
    { kind: 'end' },
  ])
})

test('A4.5 a stream that stops before every candidate has finished has no end', () => {
  const [first, second] = [candidate([{ text: 'a' }]), candidate([], { index: 1, finishReason: 'STOP' })]
  const isWhole = (...chunks: object[]) => readStream(streamOf(...chunks)).at(-1)?.kind === 'end'
  expect(isWhole(first)).toBe(false)
  expect(isWhole(first, second)).toBe(false)
  expect(isWhole(first, second, candidate([], { finishReason: 'STOP' }))).toBe(true)
  expect(isWhole()).toBe(false)
})

test('A4.7 a malformed event is counted and the stream goes on', () => {
  const reader = makeStreamReader()
  expect(reader.take({ data: '{"candidates":[' })).toEqual([])
  expect(reader.take({ data: '7' })).toEqual([])
  expect(reader.take({ data: JSON.stringify(candidate([{ text: 'a' }])) })).toHaveLength(3)
  expect(reader.malformedEvents()).toBe(2)
})

test('A4.39 an error in the stream, also wrapped in a list, is an error event', () => {
  const error = { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' }
  for (const chunk of [{ error }, [{ error }]]) {
    expect(readStream(streamOf(chunk))).toEqual([
      {
        kind: 'error',
        error: {
          status: 503,
          type: 'UNAVAILABLE',
          code: 'UNAVAILABLE',
          message: 'The model is overloaded.',
          own: { format: 'gemini', fields: { status: 'UNAVAILABLE' } },
        },
      },
    ])
  }
})

test('pictures come whole, sound in pieces, code as what only Gemini has', () => {
  const executableCode = { language: 'PYTHON', code: '1' }
  const events = readStream(
    streamOf(
      candidate([{ inlineData: { mimeType: 'image/png', data: 'AA==' }, thoughtSignature: 'c2ln' }]),
      candidate([{ inlineData: { mimeType: 'audio/L16;rate=24000', data: 'AAAA' } }]),
      candidate([{ inlineData: { mimeType: 'audio/L16;rate=24000', data: 'BBBB' } }]),
      candidate([{ executableCode }], { finishReason: 'STOP' }),
    ),
  )
  expect(collectAnswer(events, 'gemini').choices[0]?.parts).toEqual([
    { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' }, signature: 'c2ln' },
    { kind: 'audio', source: { kind: 'base64', mediaType: 'audio/L16;rate=24000', data: 'AAAABBBB' } },
    { kind: 'other', format: 'gemini', value: { executableCode } },
  ])
})

test('nothing joins a text that is signed', () => {
  const events = readStream(
    streamOf(candidate([{ text: 'a', thoughtSignature: 'c2ln' }, { text: 'b' }], { finishReason: 'STOP' })),
  )
  expect(collectAnswer(events, 'gemini').choices[0]?.parts).toEqual([
    { kind: 'text', text: 'a', signature: 'c2ln' },
    { kind: 'text', text: 'b' },
  ])
})

test('A4.1 A4.4 the events are the same wherever the network cut the bytes', () => {
  for (const name of ['text.sse', 'calls.sse', 'grounded.sse', 'streamed-arguments.sse']) {
    const bytes = fixture(name)
    const whole = readStream(bytes)
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 30 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
        const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end))
        expect(readStream(...chunks)).toEqual(whole)
      }),
      { numRuns: 40 },
    )
    const single = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1))
    expect(readStream(...single)).toEqual(whole)
  }
})
