import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerEvents } from './answer-events.ts'
import { AnswerCollector, collectAnswer } from './collect-answer.ts'
import type { NeutralEvent } from './neutral-answer.ts'
import { arbitraryAnswer, type AnswerShape } from './testing/arbitrary-answer.ts'
import { arbitraryStream } from './testing/arbitrary-events.ts'

const shape: AnswerShape = {
  from: 'anthropic',
  kinds: ['text', 'refusal', 'reasoning', 'tool-call', 'audio', 'other'],
  maxChoices: 3,
}

test('A4.40 an answer turned into events and collected again is the same answer', () => {
  fc.assert(
    fc.property(arbitraryAnswer(shape), (answer) => {
      expect(collectAnswer(answerEvents(answer), 'anthropic')).toEqual(answer)
    }),
  )
})

test('pieces, mixed calls and mixed choices make the same answer as the whole', () => {
  fc.assert(
    fc.property(arbitraryStream(shape), ({ answer, events }) => {
      expect(collectAnswer(events, 'anthropic')).toEqual(answer)
    }),
  )
})

test('every part starts before its deltas and ends after them, once', () => {
  fc.assert(
    fc.property(arbitraryStream(shape), ({ events }) => {
      const open = new Set<string>()
      const seen = new Set<string>()
      const misplaced = events.filter((event) => {
        if (!('part' in event)) return false
        const place = `${event.choice}:${event.part}`
        const isStart = event.kind === 'part-start'
        const isWrong = isStart ? seen.has(place) : !open.has(place)
        if (isStart) seen.add(place)
        if (event.kind === 'part-end') open.delete(place)
        else open.add(place)
        return isWrong
      })
      expect(misplaced).toEqual([])
      expect(open.size).toBe(0)
    }),
  )
})

test('logprobs of several events are one list; the last usage counts', () => {
  const events: NeutralEvent[] = [
    { kind: 'logprobs', choice: 0, logprobs: { content: [{ token: 'a' }], refusal: null } },
    { kind: 'logprobs', choice: 0, logprobs: { content: [{ token: 'b' }], refusal: null } },
    { kind: 'usage', usage: usageOf(1) },
    { kind: 'usage', usage: usageOf(2) },
  ]
  const answer = collectAnswer(events, 'openai-chat')
  expect(answer.choices[0]?.logprobs).toEqual({ content: [{ token: 'a' }, { token: 'b' }], refusal: null })
  expect(answer.usage?.outputTokens).toBe(2)
})

test('sound whose pieces are padded base64 of their own is put together byte by byte', () => {
  const pieces = [Buffer.from([1, 2]), Buffer.from([3, 4, 5, 6])]
  const place = { choice: 0, part: 0 }
  const events: NeutralEvent[] = [
    { kind: 'part-start', ...place, start: { kind: 'audio', id: 'audio_1' } },
    ...pieces.map((piece): NeutralEvent => ({
      kind: 'part-delta',
      ...place,
      text: piece.toString('base64'),
    })),
    { kind: 'part-end', ...place },
  ]
  const part = collectAnswer(events, 'openai-chat').choices[0]?.parts[0]
  expect(part).toMatchObject({ kind: 'audio', source: { data: Buffer.concat(pieces).toString('base64') } })
})

test('a stream without its last word, or with an error, says so', () => {
  const collector = new AnswerCollector('openai-chat')
  collector.take([{ kind: 'start', id: 'a', model: 'm', createdS: 1 }])
  expect(collector.isEnded).toBe(false)
  const error = { status: 503, type: 'overloaded', code: '', message: 'Busy.' }
  collector.take([{ kind: 'error', error }])
  expect(collector.error).toEqual(error)
  collector.take([{ kind: 'end' }])
  expect(collector.isEnded).toBe(true)
})

test('deltas of a part that never began are left out', () => {
  const answer = collectAnswer([{ kind: 'part-delta', choice: 0, part: 4, text: 'x' }], 'gemini')
  expect(answer.choices[0]?.parts).toEqual([])
})

function usageOf(outputTokens: number) {
  return { inputTokens: 1, outputTokens, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 }
}
