import type { BudgetReport } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { BudgetNeeds } from './budget-needs.ts'

const report = (subject: string): BudgetReport => ({
  project: '0192aaaa-0000-7000-8000-000000000001',
  name: 'team',
  subject,
  period: '2026-11',
  limitNano: 100,
  warnAt: [],
  spentNano: 0,
  heldNano: 0,
  wantNano: 50,
  needNano: 50,
})

test('who waits longest goes first; all others are told, until it has what it needs', () => {
  const needs = new BudgetNeeds()
  needs.note(report('key:a'), { instance: 'one', isUnmet: true, nowMs: 0 })
  needs.note(report('key:a'), { instance: 'two', isUnmet: true, nowMs: 10 })
  needs.note(report('key:a'), { instance: 'one', isUnmet: true, nowMs: 20 })
  const { project, name, subject, period } = report('key:a')
  expect(needs.wantedFrom('three', 30)).toEqual([{ project, name, subject, period }])
  expect(needs.wantedFrom('two', 30)).toHaveLength(1)
  expect(needs.wantedFrom('one', 30)).toEqual([])
  expect(needs.isBehind(report('key:a'), 'two', 30)).toBe(true)
  expect(needs.isBehind(report('key:a'), 'one', 30)).toBe(false)
  expect(needs.isBehind(report('key:b'), 'two', 30)).toBe(false)
  needs.note(report('key:a'), { instance: 'one', isUnmet: false, nowMs: 40 })
  expect(needs.isBehind(report('key:a'), 'two', 50)).toBe(false)
  expect(needs.wantedFrom('one', 50)).toHaveLength(1)
})

test('a process that waited and fell silent keeps nobody behind it', () => {
  const needs = new BudgetNeeds()
  needs.note(report('key:a'), { instance: 'gone', isUnmet: true, nowMs: 0 })
  needs.note(report('key:a'), { instance: 'two', isUnmet: true, nowMs: 900 })
  expect(needs.isBehind(report('key:a'), 'two', 1_001)).toBe(false)
  expect(needs.wantedFrom('gone', 1_001)).toHaveLength(1)
  expect(needs.wantedFrom('gone', 1_901)).toEqual([])
})
