import fc from 'fast-check'
import type { ContentPart, FormatName } from '../content.ts'
import type { FinishReason, NeutralAnswer, NeutralChoice, NeutralUsage } from '../neutral-answer.ts'
import {
  anyArguments,
  anyBase64,
  anyId,
  anyJsonObject,
  anyText,
  anyToolName,
  mayBeMissing,
} from './arbitrary-words.ts'

/** Parts that an answer may have. */
export type AnswerPartKind = 'text' | 'refusal' | 'reasoning' | 'tool-call' | 'audio' | 'other'

export type AnswerShape = {
  readonly from: FormatName
  readonly kinds: readonly AnswerPartKind[]
  readonly maxChoices: number
}

const finishes: readonly FinishReason[] = ['stop', 'length', 'tool-calls', 'content-filter', 'unknown']

const logprobs = fc
  .array(
    fc.record({ token: anyText, logprob: fc.integer({ min: -900, max: 0 }).map((value) => value / 100) }),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((content) => ({ content: content.map((entry) => ({ ...entry, bytes: null, top_logprobs: [] })) }))

export const arbitraryUsage: fc.Arbitrary<NeutralUsage> = fc
  .tuple(fc.nat(5000), fc.nat(5000), fc.nat(100), fc.nat(100), fc.nat(100))
  .map(([input, output, cached, written, reasoning]) => ({
    inputTokens: input + cached + written,
    outputTokens: output + reasoning,
    cachedInputTokens: cached,
    cacheWriteTokens: written,
    reasoningTokens: reasoning,
  }))

/** One part of the kind, as a provider of the format writes it. */
export function arbitraryAnswerPart(kind: AnswerPartKind, from: FormatName): fc.Arbitrary<ContentPart> {
  switch (kind) {
    case 'text':
      return fc.record({ kind: fc.constant('text' as const), text: anyText })
    case 'refusal':
      return fc.record({ kind: fc.constant('refusal' as const), text: anyText })
    case 'reasoning':
      return fc
        .tuple(anyText, fc.record({ signature: anyBase64 }, mayBeMissing))
        .map(([text, proof]) => ({ kind: 'reasoning' as const, text, ...proof, from }))
    case 'tool-call':
      return fc.record({
        kind: fc.constant('tool-call' as const),
        id: anyId.map((id) => `call_${id}`),
        name: anyToolName,
        arguments: anyArguments,
      })
    case 'audio':
      return fc.tuple(anyBase64, anyId, anyText, fc.nat()).map(([data, id, transcript, expiry]) => ({
        kind: 'audio' as const,
        source: { kind: 'base64' as const, mediaType: 'audio/wav', data },
        extra: { id, transcript, expires_at: expiry },
      }))
    case 'other':
      return anyJsonObject.map((value) => ({ kind: 'other' as const, format: from, value }))
  }
}

function arbitraryChoice({ from, kinds }: AnswerShape): fc.Arbitrary<Omit<NeutralChoice, 'index'>> {
  const part = fc.oneof(...kinds.map((kind) => arbitraryAnswerPart(kind, from)))
  return fc
    .tuple(
      fc.array(part, { maxLength: 4 }),
      fc.constantFrom(...finishes),
      fc.record({ stopSequence: anyText, logprobs }, mayBeMissing),
    )
    .map(([parts, finish, rest]) => ({ parts, finish, finishRaw: finish, ...rest }))
}

/** A whole answer of a provider of the format. */
export function arbitraryAnswer(shape: AnswerShape): fc.Arbitrary<NeutralAnswer> {
  return fc
    .tuple(
      fc.record({ id: anyId, model: anyToolName, createdS: fc.integer({ min: 1, max: 2_000_000_000 }) }),
      fc.array(arbitraryChoice(shape), { minLength: 1, maxLength: shape.maxChoices }),
      fc.record(
        {
          usage: arbitraryUsage,
          serviceTier: fc.constantFrom('default', 'flex'),
          from: fc.constant(shape.from),
          extra: anyJsonObject,
        },
        mayBeMissing,
      ),
    )
    .map(([head, choices, rest]) => ({
      ...head,
      choices: choices.map((choice, index) => ({ index, ...choice })),
      ...rest,
    }))
}
