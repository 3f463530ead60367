import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AnswerOptions } from '../../../neutral/codec.ts'
import type { ContentPart } from '../../../neutral/content.ts'
import type { NeutralAnswer, NeutralChoice } from '../../../neutral/neutral-answer.ts'
import { unpackProof } from '../../../neutral/proof.ts'
import { arbitraryAnswer } from '../../../neutral/testing/arbitrary-answer.ts'
import { deepFreeze } from '../../../neutral/testing/deep-freeze.ts'
import { exampleOptions } from '../testing/example-options.ts'
import { readFinishReason, writeFinishReason } from './finish-reasons.ts'
import { readAnswer } from './read-answer.ts'
import { writeAnswer } from './write-answer.ts'

function write(
  choice: Partial<NeutralChoice>,
  rest: Partial<NeutralAnswer> = {},
  options: Partial<AnswerOptions> = {},
) {
  const choices = [{ index: 0, parts: [], finish: 'stop' as const, finishRaw: 'stop', ...choice }]
  const answer = deepFreeze<NeutralAnswer>({ id: 'r', model: 'm', createdS: 1, choices, ...rest })
  return writeAnswer(answer, { ...exampleOptions, ...options })
}

const partsOf = (...parts: readonly ContentPart[]): unknown => {
  const { candidates } = write({ parts }) as { candidates: { content: { parts: unknown } }[] }
  return candidates[0]?.content.parts
}

test('an answer has the name that the client asked for, and the counts as Gemini splits them', () => {
  const usage = {
    inputTokens: 10,
    outputTokens: 12,
    cachedInputTokens: 4,
    cacheWriteTokens: 0,
    reasoningTokens: 7,
    audioInputTokens: 6,
  }
  expect(write({ parts: [{ kind: 'text', text: 'Hi' }] }, { usage })).toEqual({
    candidates: [{ content: { parts: [{ text: 'Hi' }], role: 'model' }, finishReason: 'STOP', index: 0 }],
    usageMetadata: {
      promptTokenCount: 10,
      candidatesTokenCount: 5,
      thoughtsTokenCount: 7,
      cachedContentTokenCount: 4,
      totalTokenCount: 22,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 4 },
        { modality: 'AUDIO', tokenCount: 6 },
      ],
    },
    modelVersion: 'asked-model',
    responseId: 'r',
  })
  expect(write({}, { id: '' })).toMatchObject({ responseId: 'made-id' })
})

test('A4.15 arguments of calls are objects, broken ones are none', () => {
  const call = (text: string): ContentPart => ({ kind: 'tool-call', id: 'c', name: 'f', arguments: text })
  const written = (args: object) => ({ functionCall: { id: 'c', name: 'f', args } })
  expect(partsOf(call('{"a":1}'), call(''), call('{"a":'))).toEqual([
    written({ a: 1 }),
    written({}),
    written({}),
  ])
})

test('A4.22 a thought of another provider keeps its proof in the one field of the format', () => {
  const parts: readonly ContentPart[] = [
    { kind: 'reasoning', text: 'a', signature: 'Zm9v+/==', from: 'anthropic' },
    {
      kind: 'reasoning',
      text: '',
      encrypted: 'gAAAA==',
      id: 'rs_1',
      isRedacted: true,
      from: 'openai-responses',
    },
    { kind: 'reasoning', text: 'c', signature: 'b3du', from: 'gemini' },
    { kind: 'reasoning', text: 'd', from: 'anthropic' },
  ]
  const written = partsOf(...parts) as { thoughtSignature?: string; thought: boolean }[]
  expect(written.every(({ thought }) => thought)).toBe(true)
  // Google's Python SDK decodes signatures, so they must be base64.
  for (const { thoughtSignature } of written) expect(thoughtSignature ?? '').toMatch(/^[A-Za-z0-9+/]*={0,2}$/)
  expect(unpackProof(written[0]?.thoughtSignature ?? '')).toEqual({
    from: 'anthropic',
    signature: 'Zm9v+/==',
  })
  expect(written[2]?.thoughtSignature).toBe('b3du')
  expect(written[3]).toEqual({ text: 'd', thought: true })
  const answer = readAnswer({ candidates: [{ content: { parts: written } }] })
  expect(answer?.choices[0]?.parts.slice(0, 2)).toEqual(parts.slice(0, 2))
})

test('A4.26 a prompt that Gemini blocked has no candidates; that of another provider is SAFETY', () => {
  const blocked = { promptFeedback: { blockReason: 'SAFETY', blockReasonMessage: 'No.' }, responseId: 'r' }
  const answer = readAnswer(blocked)
  expect(answer === undefined ? {} : writeAnswer(answer, exampleOptions)).toEqual({
    ...blocked,
    modelVersion: 'asked-model',
  })
  expect(write({ finish: 'content-filter', finishRaw: 'content_filter' })).toMatchObject({
    candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'SAFETY' }],
  })
})

test('A4.25 every finish has a word of Gemini’s, its own ones stay', () => {
  expect(writeFinishReason('tool-calls', 'tool_use')).toBe('STOP')
  expect(writeFinishReason('length', 'max_tokens')).toBe('MAX_TOKENS')
  expect(writeFinishReason('pause', 'pause_turn')).toBe('OTHER')
  expect(writeFinishReason('refusal', 'refusal')).toBe('SAFETY')
  expect(writeFinishReason('content-filter', 'RECITATION')).toBe('RECITATION')
})

test('A4.38 citations of another provider become grounding, counted in bytes', () => {
  const raw = { format: 'anthropic' as const, value: {} }
  const source = { url: 'https://a.example', title: 'A', raw }
  const citations = [
    { ...source, start: 2, end: 3 },
    { ...source, quote: 'ü' },
  ]
  expect(write({ parts: [{ kind: 'text', text: 'äöü', citations }] })).toMatchObject({
    candidates: [
      {
        groundingMetadata: {
          groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }],
          groundingSupports: [
            { segment: { startIndex: 4, endIndex: 6, text: 'ü' }, groundingChunkIndices: [0] },
            { segment: { text: 'ü' }, groundingChunkIndices: [0] },
          ],
        },
      },
    ],
  })
})

test('what only Gemini told comes out again as it came', () => {
  const candidate = {
    content: { parts: [{ text: 'a' }, { executableCode: { code: '1' } }], role: 'model' },
    finishReason: 'LANGUAGE',
    index: 0,
    groundingMetadata: { groundingChunks: [], groundingSupports: [{ groundingChunkIndices: [0] }] },
    safetyRatings: [{ category: 'x' }],
  }
  const answer = readAnswer({ candidates: [candidate] })
  expect(answer === undefined ? {} : writeAnswer(answer, exampleOptions)).toMatchObject({
    candidates: [candidate],
  })
})

/** As it came over the wire, where there is no -0. */
const asJson = (answer: NeutralAnswer): NeutralAnswer => JSON.parse(JSON.stringify(answer))

test('what is written is read again: parts, finish, log probabilities, usage', () => {
  const shape = { from: 'gemini' as const, kinds: ['text', 'reasoning', 'tool-call'] as const, maxChoices: 3 }
  fc.assert(
    fc.property(arbitraryAnswer(shape).map(asJson), (answer) => {
      const read = readAnswer(JSON.parse(JSON.stringify(writeAnswer(deepFreeze(answer), exampleOptions))))
      expect(read?.id).toBe(answer.id)
      for (const [index, { parts, finish, finishRaw, logprobs }] of answer.choices.entries()) {
        const found = read?.choices[index]
        const hasCalls = parts.some(({ kind }) => kind === 'tool-call')
        const word = writeFinishReason(finish, finishRaw)
        expect(found?.finish).toBe(readFinishReason(word, hasCalls))
        expect(found?.parts).toEqual(parts.length === 0 ? [{ kind: 'text', text: '' }] : parts)
        expect(found?.logprobs?.['content']).toEqual(logprobs?.['content'])
      }
      const { usage } = answer
      expect(read?.usage).toEqual(usage === undefined ? undefined : { ...usage, cacheWriteTokens: 0 })
    }),
  )
})

test("an answer of Gemini's own keeps what only it tells: its counts, its state", () => {
  const body = {
    candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason: 'STOP', index: 0 }],
    modelStatus: { modelStage: 'STABLE' },
    usageMetadata: {
      promptTokenCount: 10,
      candidatesTokenCount: 5,
      toolUsePromptTokenCount: 2,
      totalTokenCount: 17,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: 10 }],
      toolUsePromptTokensDetails: [{ modality: 'TEXT', tokenCount: 2 }],
      trafficType: 'ON_DEMAND',
    },
  }
  const answer = readAnswer(body)
  if (answer === undefined) throw new Error('No answer.')
  expect(answer.usage).toMatchObject({ inputTokens: 12, outputTokens: 5 })
  expect(writeAnswer(answer, exampleOptions)).toMatchObject(body)
})
