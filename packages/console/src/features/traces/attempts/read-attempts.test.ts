import { expect, test } from 'vitest'
import { fakeRoutedSpans, fakeTraces } from '../../../testing/fake-traces.ts'
import { readAttempts, readGuards } from './read-attempts.ts'

const spans = fakeRoutedSpans(fakeTraces(4, new Date())[3]!)
const call = spans.find(({ attributes }) => attributes['route'] === 'chat')!

test('the tries of a call come in their order, the one that answered last', () => {
  const attempts = readAttempts(call, spans)
  expect(attempts.map(({ target, status, next }) => [target, status, next])).toEqual([
    ['openai/gpt-5-mini', 'error', 'retry'],
    ['openai/gpt-5-mini', 'error', 'next-target'],
    ['anthropic/claude-haiku-4-5', 'ok', ''],
  ])
  const [, second, last] = attempts
  expect(last!.offsetUs).toBe(second!.offsetUs + second!.durationUs)
  expect(last!.offsetUs + last!.durationUs).toBe(call.offsetUs + call.durationUs)
})

test('a call without a route that needed one try has nothing to tell', () => {
  expect(readAttempts({ ...call, attributes: {} }, [call])).toEqual([])
  expect(readAttempts({ ...call, type: 'flow' }, spans)).toEqual([])
})

test('guardrails tell what they found and what they could not read', () => {
  expect(readGuards(call, spans)).toMatchObject([
    { place: 'input', verdict: 'redacted', findings: [{ kind: 'email', count: 2 }], notScanned: ['image'] },
  ])
})
