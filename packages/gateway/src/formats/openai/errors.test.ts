import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readErrorMember, readOpenAiError as read } from './read-error.ts'
import { writeOpenAiError } from './write-error.ts'

test('A4.41 OpenAI’s envelope, with param; a number is no code', () => {
  const error = {
    message: 'No such model.',
    type: 'invalid_request_error',
    param: 'model',
    code: 'model_not_found',
  }
  expect(read(404, { error })).toEqual({
    status: 404,
    type: 'invalid_request_error',
    code: 'model_not_found',
    message: 'No such model.',
    param: 'model',
  })
  expect(read(429, { error: { message: 'Slow down', code: 429 } })).toMatchObject({
    code: '',
    type: 'rate_limit_error',
  })
})

test('A4.41 the shapes of other servers: a text, members at the top, details, a list', () => {
  expect(read(503, { error: 'model is loading', estimated_time: 20 }).message).toBe('model is loading')
  expect(read(400, { object: 'error', message: 'Bad.', type: 'BadRequestError', code: 400 })).toMatchObject({
    message: 'Bad.',
    type: 'BadRequestError',
  })
  expect(read(404, { detail: 'Not Found' }).message).toBe('Not Found')
  expect(read(422, { detail: [{ loc: ['body', 'model'], msg: 'field required' }] }).message).toContain(
    'field required',
  )
  expect(
    read(400, [{ error: { code: 400, message: 'Key not valid.', status: 'INVALID_ARGUMENT' } }]),
  ).toMatchObject({
    status: 400,
    message: 'Key not valid.',
    code: 'INVALID_ARGUMENT',
  })
  const metadata = { provider_name: 'X', raw: '{"error":"over capacity"}' }
  expect(read(502, { error: { message: 'Provider returned error', code: 502, metadata } }).message).toBe(
    'Provider returned error: {"error":"over capacity"}',
  )
})

test('A4.41 an HTML page is quoted in words, and an empty body named by its status', () => {
  const page = '<html><head><style>a{}</style></head><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>'
  expect(read(502, page)).toEqual({
    status: 502,
    type: 'server_error',
    code: '',
    message: 'The provider answered 502: 502 Bad Gateway nginx',
  })
  expect(read(500, undefined).message).toBe('The provider answered 500.')
  expect(read(529, '').status).toBe(529)
})

test('A4.41 a prompt that is too long is recognised in the words of each server', () => {
  const texts = [
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
    'the request exceeds the available context size. try increasing the context size',
    'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
    'Please reduce the length of the messages or completion.',
    'This endpoint’s maximum context length is 200000 tokens.',
    'Input is too long for requested model.',
  ]
  for (const message of texts) expect(read(400, { error: { message } }).isContextLength, message).toBe(true)
  expect(read(400, { error: { message: 'x', code: 'context_length_exceeded' } }).isContextLength).toBe(true)
  expect(read(400, { error: { message: 'max_tokens is too large: 99999.' } }).isContextLength).toBeUndefined()
})

test('A4.39 an error inside an answer with status 200 has the status that its words mean', () => {
  expect(readErrorMember({ message: 'a', code: 503 }).status).toBe(503)
  expect(readErrorMember({ message: 'a', type: 'rate_limit_error' }).status).toBe(429)
  expect(readErrorMember({ message: 'a', code: 'insufficient_quota' }).status).toBe(429)
  expect(readErrorMember({ message: 'a', status: 'RESOURCE_EXHAUSTED' }).status).toBe(429)
  expect(readErrorMember({ message: 'a', type: 'overloaded_error' }).status).toBe(503)
  expect(readErrorMember('It broke.')).toEqual({
    status: 502,
    type: 'server_error',
    code: '',
    message: 'It broke.',
  })
})

test('A4.42 the wait that a message names', () => {
  expect(read(429, { error: { message: 'Rate limit. Please try again in 6m0s.' } }).retryAfterMs).toBe(
    360_000,
  )
})

test('A4.41 errors of other providers have types and codes that OpenAI’s clients know', () => {
  const base = { status: 529, type: 'overloaded_error', code: '', message: 'Busy.' }
  expect(writeOpenAiError(base).error).toEqual({
    message: 'Busy.',
    type: 'server_error',
    param: null,
    code: 'overloaded_error',
  })
  expect(writeOpenAiError({ ...base, status: 401, type: 'authentication_error' }).error).toMatchObject({
    type: 'authentication_error',
    code: null,
  })
  expect(writeOpenAiError({ ...base, status: 400, code: 'bad', isContextLength: true }).error).toMatchObject({
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
  })
})

test('any body gives an error with a status that says "failed" and a message', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 699 }), fc.jsonValue(), (status, body) => {
      const error = read(status, { error: body })
      expect(error.status >= 400 && error.status <= 599).toBe(true)
      expect(error.message).not.toBe('')
    }),
  )
})
