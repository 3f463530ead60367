import { AppError, failureKinds } from '@ratchet/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NeutralError } from '../neutral/neutral-answer.ts'
import { explainFailure } from '../providers/explain-failure.ts'
import { classifyAnswer, classifyBreak, classifyFinish } from './classify-failure.ts'

const said = (status: number, error: Partial<NeutralError> = {}): NeutralError => ({
  status,
  type: '',
  code: '',
  message: '',
  ...error,
})
const kindOf = (status: number, error?: Partial<NeutralError>) => classifyAnswer(said(status, error)).kind

test('statuses of providers mean what their documents say', () => {
  const kinds = [401, 402, 403, 408, 409, 413, 424, 429, 498, 500, 502, 503, 504, 520, 524, 529].map(
    (status) => [status, kindOf(status)],
  )
  expect(kinds).toEqual([
    [401, 'credential'],
    [402, 'credential'],
    [403, 'credential'],
    [408, 'timeout'],
    [409, 'server-error'],
    [413, 'context-length'],
    [424, 'server-error'],
    [429, 'rate-limit'],
    [498, 'overloaded'],
    [500, 'server-error'],
    [502, 'server-error'],
    [503, 'overloaded'],
    [504, 'timeout'],
    [520, 'server-error'],
    [524, 'timeout'],
    [529, 'overloaded'],
  ])
})

test('a request that is wrong is wrong everywhere', () => {
  expect(kindOf(400, { code: 'invalid_value', message: '"temperature" must be at most 2' })).toBeUndefined()
  expect(kindOf(422)).toBeUndefined()
})

test('a redirect or a success that is none is a bad answer', () => {
  expect(kindOf(302)).toBe('bad-answer')
  expect(kindOf(200)).toBe('bad-answer')
})

test('words go before the status', () => {
  expect(kindOf(400, { isContextLength: true })).toBe('context-length')
  expect(kindOf(400, { code: 'content_filter' })).toBe('content-filter')
  expect(kindOf(403, { code: 'content_policy_violation' })).toBe('content-filter')
  expect(kindOf(500, { type: 'overloaded_error' })).toBe('overloaded')
  expect(kindOf(429, { code: 'insufficient_quota' })).toBe('credential')
  expect(kindOf(429, { code: 'ModelNotReadyException' })).toBe('overloaded')
})

test('some providers answer 400 to a wrong key', () => {
  expect(kindOf(400, { message: 'Incorrect API key provided: sk-12. Get one at ...' })).toBe('credential')
  expect(kindOf(400, { message: 'API key not valid. Please pass a valid API key.' })).toBe('credential')
  expect(kindOf(400, { message: 'Explain what an API key is' })).toBeUndefined()
})

test('a missing model is the target, a missing file is the request', () => {
  expect(kindOf(404, { code: 'model_not_found' })).toBe('not-found')
  expect(kindOf(404, { code: 'DeploymentNotFound' })).toBe('not-found')
  expect(kindOf(404, { code: 'previous_response_not_found' })).toBeUndefined()
  expect(kindOf(404, { param: 'file_id' })).toBeUndefined()
})

test('the wait that a provider asks for is kept', () => {
  expect(classifyAnswer(said(429, { retryAfterMs: 1_500 })).retryAfterMs).toBe(1_500)
})

const broken = (code: string) => Object.assign(new Error('x'), { code })
const connection = { name: 'openai', origin: 'https://api.openai.com' }

test('a socket that was never open carried nothing; one that broke later may have', () => {
  for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED']) {
    const failure = { kind: 'connect', hasReached: false, retryAfterMs: undefined }
    expect(classifyBreak(broken(code), false)).toEqual(failure)
    expect(classifyBreak(explainFailure(broken(code), connection), false)).toEqual(failure)
  }
  expect(classifyBreak(broken('ECONNRESET'), false)).toMatchObject({ kind: 'connect', hasReached: true })
  expect(classifyBreak(broken('ECONNRESET'), true)).toMatchObject({ kind: 'stream-cut', hasReached: true })
  expect(classifyBreak(new AggregateError([broken('ECONNREFUSED')]), false).hasReached).toBe(false)
})

test('our own errors about a provider are told apart', () => {
  const ours = (code: ConstructorParameters<typeof AppError>[0]) =>
    classifyBreak(new AppError(code, { message: 'x' }), false).kind
  expect(ours('timeout')).toBe('timeout')
  expect(ours('provider_stream_cut')).toBe('stream-cut')
  expect(ours('provider_error')).toBe('bad-answer')
  expect(ours('address_forbidden')).toBe('connect')
  expect(ours('validation_failed')).toBeUndefined()
  expect(ours('model_unsupported')).toBeUndefined()
})

test('an answer that was filtered or malformed is of no use', () => {
  expect(classifyFinish('content-filter')).toBe('content-filter')
  expect(classifyFinish('refusal')).toBe('content-filter')
  expect(classifyFinish('malformed-call')).toBe('bad-answer')
  expect(classifyFinish('stop')).toBeUndefined()
  expect(classifyFinish('length')).toBeUndefined()
})

test('whatever a provider says has a kind or none, and takes no time to judge', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 999 }),
      fc.string(),
      fc.constantFrom('', 'incorrect '.repeat(20_000), 'api key '.repeat(20_000)),
      (status, text, message) => {
        const kind = kindOf(status, { type: text, code: text, message })
        expect(kind === undefined || failureKinds.includes(kind)).toBe(true)
      },
    ),
  )
})
