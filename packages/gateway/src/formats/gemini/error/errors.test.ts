import { expect, test } from 'vitest'
import type { JsonObject } from '../../parse-json.ts'
import { readError } from './read-error.ts'
import { writeError } from './write-error.ts'

const type = (name: string) => `type.googleapis.com/google.rpc.${name}`

test('A4.41 A4.42 a quota error tells status, reason and delay, also wrapped in a list', () => {
  const error = {
    code: 429,
    message: 'You exceeded your current quota.',
    status: 'RESOURCE_EXHAUSTED',
    details: [
      { '@type': type('ErrorInfo'), reason: 'RATE_LIMIT_EXCEEDED', domain: 'googleapis.com' },
      { '@type': type('RetryInfo'), retryDelay: '34.0748s' },
    ],
  }
  for (const body of [{ error }, [{ error }]]) {
    expect(readError(429, body)).toEqual({
      status: 429,
      type: 'RESOURCE_EXHAUSTED',
      code: 'RATE_LIMIT_EXCEEDED',
      message: 'You exceeded your current quota.',
      retryAfterMs: 34_075,
      own: { format: 'gemini', fields: { status: error.status, details: error.details } },
    })
  }
})

test('A4.41 a field that is wrong is named', () => {
  const fieldViolations = [{ field: 'contents[0].role', description: 'bad' }]
  const details = [{ '@type': type('BadRequest'), fieldViolations }]
  const body = { error: { code: 400, message: 'bad', status: 'INVALID_ARGUMENT', details } }
  expect(readError(400, body)).toMatchObject({ status: 400, param: 'contents[0].role' })
})

test('A4.41 a prompt that does not fit is told apart', () => {
  const message = 'The input token count (1200001) exceeds the maximum number of tokens allowed (1048576).'
  expect(readError(400, { error: { code: 400, message, status: 'INVALID_ARGUMENT' } })).toMatchObject({
    isContextLength: true,
  })
  expect(readError(400, { error: { code: 400, message: 'Bad token' } })).not.toHaveProperty('isContextLength')
})

test('A4.41 an unknown key is 401, as everywhere else', () => {
  const details = [{ '@type': type('ErrorInfo'), reason: 'API_KEY_INVALID' }]
  const body = { error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT', details } }
  expect(readError(400, body)).toMatchObject({ status: 401, code: 'API_KEY_INVALID' })
})

test('A4.41 HTML and other bodies are quoted in short', () => {
  const html = `<html><body><h1>502 Bad Gateway</h1>${'<p>nginx</p>'.repeat(200)}</body></html>`
  const { status, message } = readError(502, html)
  expect(status).toBe(502)
  expect(message).toMatch(/^The provider answered 502: 502 Bad Gateway nginx/)
  expect(message.length).toBeLessThan(400)
  expect(readError(500, '')).toMatchObject({ status: 500, message: 'The provider answered 500.' })
  expect(readError(200, undefined)).toMatchObject({ status: 502 })
})

test('A4.41 an error is written as Google writes it, and read again', () => {
  const error = {
    status: 429,
    type: 'RESOURCE_EXHAUSTED',
    code: 'rate_limited',
    message: 'Too many requests.',
    param: 'contents',
    retryAfterMs: 1500,
  }
  const body = writeError(error)
  expect(body).toEqual({
    error: {
      code: 429,
      message: 'Too many requests.',
      status: 'RESOURCE_EXHAUSTED',
      details: [
        { '@type': type('ErrorInfo'), reason: 'rate_limited', domain: 'ratchet' },
        {
          '@type': type('BadRequest'),
          fieldViolations: [{ field: 'contents', description: 'Too many requests.' }],
        },
        { '@type': type('RetryInfo'), retryDelay: '1.5s' },
      ],
    },
  })
  const { status, details } = body['error'] as JsonObject
  expect(readError(429, body)).toEqual({ ...error, own: { format: 'gemini', fields: { status, details } } })
})

test.each([
  [400, 'INVALID_ARGUMENT'],
  [401, 'UNAUTHENTICATED'],
  [403, 'PERMISSION_DENIED'],
  [404, 'NOT_FOUND'],
  [418, 'INVALID_ARGUMENT'],
  [503, 'UNAVAILABLE'],
  [504, 'DEADLINE_EXCEEDED'],
  [529, 'UNAVAILABLE'],
  [599, 'INTERNAL'],
])('A4.41 status %i is the word %s', (status, word) => {
  expect(writeError({ status, type: '', code: '', message: 'm' })).toEqual({
    error: { code: status, message: 'm', status: word },
  })
})

test("A4.41 an error of Google's own reaches clients of Gemini with all that it said", () => {
  const details = [
    { '@type': type('QuotaFailure'), violations: [{ quotaMetric: 'requests', quotaValue: '5' }] },
    { '@type': type('Help'), links: [{ url: 'https://ai.google.dev' }] },
  ]
  const body = { error: { code: 400, message: 'Billing is off.', status: 'FAILED_PRECONDITION', details } }
  expect(writeError(readError(400, body))).toEqual(body)
})

test('A4.41 where the status is another one than Google gave, so is its word', () => {
  const details = [{ '@type': type('ErrorInfo'), reason: 'API_KEY_INVALID' }]
  const body = { error: { code: 400, message: 'No.', status: 'INVALID_ARGUMENT', details } }
  expect(writeError(readError(400, body))).toEqual({
    error: { code: 401, message: 'No.', status: 'UNAUTHENTICATED', details },
  })
})
