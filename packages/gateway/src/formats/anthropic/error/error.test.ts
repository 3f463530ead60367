import { expect, test } from 'vitest'
import { readError } from './read-error.ts'
import { writeError } from './write-error.ts'

const body = (type: string, message = 'No.') => ({
  type: 'error',
  error: { type, message },
  request_id: 'req_1',
})

test.each([
  [400, 'invalid_request_error'],
  [401, 'authentication_error'],
  [402, 'billing_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [409, 'conflict_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [500, 'api_error'],
  [504, 'timeout_error'],
  [529, 'overloaded_error'],
])('A4.41 status %i is %s in both directions', (status, type) => {
  const error = readError(status, body(type))
  expect(error).toEqual({ status, type, code: type, message: 'No.', requestId: 'req_1' })
  expect(writeError(error)).toEqual(body(type))
  expect(readError(200, body(type)).status).toBe(status)
})

test.each([
  [408, 'timeout_error'],
  [422, 'invalid_request_error'],
  [502, 'api_error'],
  [503, 'overloaded_error'],
])('A4.41 status %i of another format is called %s', (status, type) => {
  expect(writeError({ status, type: 'server_error', code: '', message: 'No.' })).toMatchObject({
    error: { type },
  })
})

test('A4.41 a page of HTML from a proxy is quoted in words', () => {
  const page = '<html><style>p{}</style><body><h1>502 Bad Gateway</h1>\n<hr>nginx</body></html>'
  expect(readError(502, page)).toEqual({
    status: 502,
    type: 'api_error',
    code: 'provider_error',
    message: 'The provider answered 502: 502 Bad Gateway nginx',
  })
  expect(readError(503, '').message).toBe('The provider answered 503.')
})

test('A4.41 an error in a list, and one that says too little, are understood', () => {
  expect(readError(400, [body('invalid_request_error')]).message).toBe('No.')
  expect(readError(429, { error: {} })).toMatchObject({ status: 429, type: 'rate_limit_error' })
  expect(readError(200, body('brand_new_error'))).toMatchObject({ status: 502, type: 'brand_new_error' })
})

test('A4.41 a prompt that is too long is told apart from other mistakes', () => {
  const tooLong = body('invalid_request_error', 'prompt is too long: 208310 tokens > 200000 maximum')
  expect(readError(400, tooLong).isContextLength).toBe(true)
  expect(readError(400, body('invalid_request_error')).isContextLength).toBeUndefined()
})

test("Anthropic's cause is kept with its details, and ours is told", () => {
  const details = {
    error_code: 'image_dimensions_too_large',
    max_side_length_pixels: 8000,
    paths: ['messages[0].content[1]'],
  }
  const told = {
    type: 'error',
    error: { type: 'invalid_request_error', message: 'Big.', details },
    request_id: null,
  }
  const error = readError(400, told)
  expect(error.code).toBe('image_dimensions_too_large')
  expect(writeError(error)).toEqual(told)
})
