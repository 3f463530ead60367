import { expect, test } from 'vitest'
import { guardrail, guardrailRule } from '@ratchet/contract'

const rule = { name: 'no-data', on: ['output'], detectors: [{ type: 'pii' }], action: 'block' }
const problemsOf = (value: unknown): string[] =>
  guardrailRule.safeParse(value).error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ??
  []

test('a rule that blocks buffers, one that flags only observes', () => {
  expect(guardrailRule.parse(rule).streaming).toBe('buffer')
  expect(guardrailRule.parse({ ...rule, action: 'redact' }).streaming).toBe('buffer')
  expect(guardrailRule.parse({ ...rule, action: 'ask-again' }).streaming).toBe('buffer')
  expect(guardrailRule.parse({ ...rule, action: 'flag' }).streaming).toBe('observe')
  expect(guardrailRule.parse({ ...rule, streaming: 'window' }).streaming).toBe('window')
})

test('a remote check that cannot run blocks, unless its rule only flags', () => {
  const detectors = [{ type: 'judge', model: 'openai/small', prompt: 'Is it rude?' }]
  const failure = (action: string, onFailure?: string): unknown =>
    guardrailRule.parse({ ...rule, action, detectors: [{ ...detectors[0], onFailure }] }).detectors[0]
  expect(failure('block')).toMatchObject({ onFailure: 'block', timeoutMs: 3000, threshold: 0.5 })
  expect(failure('flag')).toMatchObject({ onFailure: 'pass' })
  expect(failure('block', 'pass')).toMatchObject({ onFailure: 'pass' })
})

test('combinations that cannot work are refused with the field that is wrong', () => {
  expect(problemsOf({ ...rule, action: 'redact', streaming: 'observe' })).toEqual([
    'streaming: text that was already sent cannot be redacted: use "buffer" or "window"',
  ])
  expect(problemsOf({ ...rule, action: 'ask-again', streaming: 'window' })[0]).toMatch(
    /^streaming: .*"buffer"/,
  )
  expect(problemsOf({ ...rule, action: 'ask-again', on: ['input'] })[0]).toMatch(/^on: /)
  const refusal = { ...rule, detectors: [{ type: 'pii' }, { type: 'refusal' }] }
  expect(problemsOf({ ...refusal, streaming: 'window' })[0]).toMatch(/^detectors\.1\.type: "refusal" needs/)
  expect(problemsOf({ ...refusal, action: 'redact' })[0]).toMatch(/^detectors\.1\.type: .*nothing to redact/)
})

test('unknown fields, detectors, kinds and twice-used names are refused', () => {
  expect(problemsOf({ ...rule, onn: [] })).toHaveLength(1)
  expect(problemsOf({ ...rule, detectors: [{ type: 'magic' }] })).toHaveLength(1)
  expect(problemsOf({ ...rule, detectors: [{ type: 'pii', kinds: ['shoe-size'] }] })).toHaveLength(1)
  expect(problemsOf({ ...rule, on: ['output', 'output'] })).toEqual(['on: name each place once'])
  expect(guardrail.safeParse({ name: 'default', rules: [rule, rule] }).success).toBe(false)
  expect(guardrail.parse({ name: 'default', rules: [rule] }).rules).toHaveLength(1)
})
