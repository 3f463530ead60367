import type { InvocationEvent } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { applyEvent, messagesOf, type Turn } from './use-conversation.ts'

const empty: Turn = {
  id: 1,
  model: 'app/x',
  question: 'Why?',
  answer: '',
  state: 'waiting',
  sources: [],
  nodes: [],
}
const finished: InvocationEvent = {
  type: 'finished',
  text: 'Because.',
  outputs: { answer: 'Because.' },
  usage: { inputTokens: 1, outputTokens: 1, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
  costNano: 0,
  finishReason: 'stop',
  durationMs: 5,
}

test('texts join in order and the end brings the figures', () => {
  const events: InvocationEvent[] = [
    { type: 'started', traceId: 'a'.repeat(32), model: 'app/x', release: 'r1' },
    { type: 'text', text: 'Bec' },
    { type: 'text', text: 'ause.' },
  ]
  const streaming = events.reduce(applyEvent, empty)
  expect(streaming).toMatchObject({ state: 'streaming', answer: 'Because.', release: 'r1' })
  expect(applyEvent(streaming, finished)).toMatchObject({
    state: 'finished',
    answer: 'Because.',
    figures: finished,
  })
})

test('outputs without text are the answer', () => {
  const turn = applyEvent(empty, { ...finished, text: '', outputs: { total: 3 } })
  expect(turn.answer).toContain('"total": 3')
})

test('a failure keeps what came before and says why', () => {
  const turn = applyEvent(
    { ...empty, answer: 'Bec' },
    { type: 'failed', error: { code: 'provider_stream_cut', message: 'The provider closed the stream.' } },
  )
  expect(turn).toMatchObject({
    state: 'failed',
    answer: 'Bec',
    problem: { why: 'The provider closed the stream.' },
  })
})

test('the next call carries the conversation without the failed turns', () => {
  const turns: Turn[] = [
    { ...empty, state: 'finished', answer: 'Because.' },
    { ...empty, id: 2, state: 'failed', question: 'And?' },
  ]
  expect(messagesOf(turns, 'How?')).toEqual([
    { role: 'user', content: 'Why?' },
    { role: 'assistant', content: 'Because.' },
    { role: 'user', content: 'How?' },
  ])
})
