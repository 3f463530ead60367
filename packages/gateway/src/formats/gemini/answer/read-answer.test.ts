import { expect, test } from 'vitest'
import { readAnswer } from './read-answer.ts'

const answer = (candidate: object, rest: object = {}) =>
  readAnswer({ candidates: [candidate], modelVersion: 'gemini-x', responseId: 'r', ...rest })

test('an answer has text, finish, usage, and what only Gemini tells', () => {
  expect(
    answer(
      {
        content: { parts: [{ text: 'Hm', thought: true }, { text: 'Hi' }], role: 'model' },
        finishReason: 'STOP',
        index: 0,
        avgLogprobs: -0.2,
      },
      {
        createTime: '2026-11-20T12:00:00.5Z',
        modelStatus: { modelStage: 'STABLE' },
        usageMetadata: {
          promptTokenCount: 10,
          candidatesTokenCount: 5,
          thoughtsTokenCount: 7,
          totalTokenCount: 22,
          promptTokensDetails: [
            { modality: 'TEXT', tokenCount: 4 },
            { modality: 'AUDIO', tokenCount: 6 },
          ],
        },
      },
    ),
  ).toEqual({
    id: 'r',
    model: 'gemini-x',
    createdS: 1_795_176_000,
    choices: [
      {
        index: 0,
        parts: [
          { kind: 'reasoning', text: 'Hm', from: 'gemini' },
          { kind: 'text', text: 'Hi' },
        ],
        finish: 'stop',
        finishRaw: 'STOP',
        other: { kind: 'other', format: 'gemini', value: { avgLogprobs: -0.2 } },
      },
    ],
    usage: {
      inputTokens: 10,
      outputTokens: 12,
      cachedInputTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: 7,
      audioInputTokens: 6,
    },
    extra: {
      modelStatus: { modelStage: 'STABLE' },
      usageMetadata: {
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 4 },
          { modality: 'AUDIO', tokenCount: 6 },
        ],
      },
    },
    from: 'gemini',
  })
})

test.each([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['CONTINUATION', 'length'],
  ['SAFETY', 'content-filter'],
  ['RECITATION', 'content-filter'],
  ['BLOCKLIST', 'content-filter'],
  ['PROHIBITED_CONTENT', 'content-filter'],
  ['SPII', 'content-filter'],
  ['IMAGE_SAFETY', 'content-filter'],
  ['MALFORMED_FUNCTION_CALL', 'malformed-call'],
  ['LANGUAGE', 'unknown'],
  ['SOMETHING_NEW', 'unknown'],
])('A4.25 %s is %s', (finishReason, finish) => {
  expect(answer({ finishReason })?.choices[0]).toEqual({
    index: 0,
    parts: [],
    finish,
    finishRaw: finishReason,
  })
})

test('A4.25 STOP with a call is tool-calls, MAX_TOKENS with one is still length', () => {
  const content = { parts: [{ functionCall: { name: 'f', args: { a: 1 } } }] }
  expect(answer({ content, finishReason: 'STOP' })?.choices[0]?.finish).toBe('tool-calls')
  expect(answer({ content, finishReason: 'MAX_TOKENS' })?.choices[0]?.finish).toBe('length')
})

test('A4.26 a blocked prompt without candidates is a filtered answer with the reason', () => {
  const promptFeedback = { blockReason: 'SAFETY', blockReasonMessage: 'Not this.' }
  expect(readAnswer({ promptFeedback, usageMetadata: { promptTokenCount: 3 } })).toMatchObject({
    choices: [
      {
        index: 0,
        parts: [{ kind: 'refusal', text: 'Not this.' }],
        finish: 'content-filter',
        finishRaw: 'SAFETY',
      },
    ],
    extra: { promptFeedback },
  })
})

test('A4.27 an empty text is kept where it is all there is, and left out beside calls', () => {
  expect(answer({ content: { parts: [{ text: '' }] } })?.choices[0]?.parts).toEqual([
    { kind: 'text', text: '' },
  ])
  const parts = [{ text: '' }, { functionCall: { id: 'a', name: 'f' } }]
  expect(answer({ content: { parts } })?.choices[0]?.parts).toEqual([
    { kind: 'tool-call', id: 'a', name: 'f', arguments: '{}' },
  ])
})

test('A4.38 citations count from the text they belong to, after a thought as well', () => {
  const citationMetadata = {
    citations: [{ startIndex: 3, endIndex: 5, uri: 'https://a.example', license: 'MIT' }],
  }
  const found = answer({
    content: { parts: [{ text: 'x', thought: true }, { text: 'äöü' }] },
    citationMetadata,
  })
  expect(found?.choices[0]?.parts[1]).toEqual({
    kind: 'text',
    text: 'äöü',
    citations: [
      {
        start: 2,
        end: 3,
        url: 'https://a.example',
        raw: { format: 'gemini', value: citationMetadata.citations[0] },
      },
    ],
  })
})

test('JSON that is no answer is told apart', () => {
  expect(readAnswer({})).toBeUndefined()
  expect(readAnswer({ choices: [] })).toBeUndefined()
  expect(readAnswer({ candidates: [] })?.choices).toEqual([])
  expect(answer({ content: { parts: [{ text: 7 }, null, 'x'] }, index: 'a' })?.choices[0]?.parts).toEqual([
    { kind: 'other', format: 'gemini', value: { text: 7 } },
  ])
})
