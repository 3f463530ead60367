import { createCostPlan } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { readPlanSearch } from './plan-search.ts'
import { planCommand, readPlan } from './read-plan.ts'

const now = new Date('2026-11-21T12:00:30Z')
const typed = { from: 'typed' as const, requests: '5,000', input: '1200', inputP95: '3000', output: '300' }

test('typed traffic is what the API takes, and the command says the same', () => {
  const { body, problems } = readPlan({ ...typed, models: 'a/x, b/y,a/x', shorten: '30 %' }, 'staging', now)
  expect(problems).toEqual({})
  expect(createCostPlan.body.parse(body)).toMatchObject({
    traffic: {
      requestsPerDay: 5000,
      inputTokens: { mean: 1200, p95: 3000 },
      outputTokens: { mean: 300, p95: 300 },
    },
    models: ['a/x', 'b/y'],
    shortenBy: 0.3,
  })
  expect(planCommand(body!)).toBe(
    'npx ratchet plan cost --requests-per-day 5000 --input 1200/3000 --output 300/300 --models a/x,b/y --shorten 30',
  )
})

test('recorded traffic is that of the environment on screen, of the chosen app and model', () => {
  const { body } = readPlan(
    { app: 'docs assistant', model: 'gpt-5', range: '1d', models: 'a/x' },
    'staging',
    now,
  )
  expect(body?.traffic).toEqual({
    fromTraces: {
      query: 'environment:staging app:"docs assistant" model:gpt-5',
      from: '2026-11-20T12:01:00.000Z',
      to: '2026-11-21T12:01:00.000Z',
    },
  })
})

test('each wrong field is named, and there is no plan of half a form', () => {
  const wrong = { ...typed, models: 'a/x', inputP95: '7', shorten: '130', requests: 'many', peak: '0.5' }
  const { body, problems } = readPlan(wrong, 'staging', now)
  expect(body).toBeUndefined()
  expect(problems.inputP95).toBe('The 95th percentile (7) is below the mean (1200).')
  expect(problems.shorten).toBe('“130” is not a number from 0 to 100 percent.')
  expect(problems.requests).toContain('“many”')
  expect(problems.peak).toContain('from 1 to 10,000')
  expect(readPlan({ from: 'typed', models: 'a/x', requests: '5' }, 'staging', now)).toEqual({
    body: undefined,
    problems: {},
  })
})

test('a link with nonsense in it is a form without it', () => {
  expect(readPlanSearch({ range: '3 moons', from: 'heaven', input: '', models: 'a/x' })).toEqual({
    models: 'a/x',
  })
})
