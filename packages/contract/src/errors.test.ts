import { expect, test } from 'vitest'
import { z } from 'zod'
import { validationError, type AppError } from './errors.ts'

const schema = z.strictObject({
  limit: z.coerce.number().min(1).optional(),
  target: z.object({ model: z.string().min(3), weights: z.array(z.number()) }).optional(),
  apiKey: z.string().min(20).optional(),
  settings: z.record(z.string(), z.string().min(3)).optional(),
})

function errorOf(input: unknown): AppError {
  const { error } = schema.safeParse(input)
  if (error === undefined) throw new Error('the input is right')
  return validationError(error, 'query', input)
}

test('the error names the field, the value that it has and what is wrong with it', () => {
  expect(errorOf({ limit: '0' }).message).toBe(
    'Invalid query: "limit" is "0": Too small: expected number to be >=1.',
  )
  const nested = errorOf({ target: { model: 'x', weights: [1, null] } })
  expect(nested.message).toMatch(/^Invalid query: "target\.model" is "x": .* \(and 1 more\)\.$/)
  expect(nested.details).toMatchObject({
    issues: [
      { field: 'target.model', value: '"x"' },
      { field: 'target.weights.1', value: 'null' },
    ],
  })
})

test('what is absent, long or made of parts is named without its value', () => {
  for (const input of [
    7,
    { target: {} },
    { target: [] },
    { target: 'x'.repeat(200) },
    { 'no such field': 1 },
  ]) {
    const { issues } = errorOf(input).details as { issues: { value?: string }[] }
    for (const { value } of issues) expect(value).toBe(input === 7 ? '7' : undefined)
  }
})

test('a value that may be a secret is never repeated', () => {
  const error = errorOf({ apiKey: 'sk-almost', settings: { region: 'eu' } })
  expect(JSON.stringify(error.toBody())).not.toMatch(/sk-almost|"eu"/)
  expect(error.message).toContain('"apiKey": ')
})

test('a body that is wrong in a hundred thousand places is refused as fast as one that is wrong in one', () => {
  const many = z.array(z.number())
  const input = Array.from({ length: 100_000 }, () => 'x')
  const { error } = many.safeParse(input)
  if (error === undefined) throw new Error('the input is right')
  const startMs = performance.now()
  const refused = validationError(error, 'body', input)
  // One look at all entries for each of them took minutes.
  expect(performance.now() - startMs).toBeLessThan(5_000)
  expect(refused.message).toContain('(and 99999 more)')
  expect(refused.details['issues']).toHaveLength(100)
})
