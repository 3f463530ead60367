import { expect, test } from 'vitest'
import { describeLoop, type LoopFacts } from './loop.ts'

const nothing: LoopFacts = {
  apps: [],
  traffic: { traces: 0, errors: 0, costNano: 0, series: [] },
  lastEvaluation: undefined,
}

test('an empty project is told to build first and everything else waits', () => {
  const loop = describeLoop(nothing)
  expect(loop.steps.map((step) => step.state)).toEqual(['next', 'waiting', 'waiting', 'waiting', 'waiting'])
  expect(loop.steps[0]?.command).toContain('ratchet init')
})

test('traffic without an app leaves building as the next step', () => {
  const loop = describeLoop({ ...nothing, traffic: { ...nothing.traffic, traces: 3, errors: 1 } })
  expect(loop.steps.map((step) => step.state)).toEqual(['next', 'done', 'done', 'waiting', 'waiting'])
  expect(loop.steps[2]?.detail).toBe('1 error')
})

test('at most one step is next, whatever the facts', () => {
  for (const traces of [0, 5]) {
    const loop = describeLoop({ ...nothing, traffic: { ...nothing.traffic, traces } })
    expect(loop.steps.filter((step) => step.state === 'next')).toHaveLength(1)
  }
})
