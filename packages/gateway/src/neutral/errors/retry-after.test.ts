import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDuration, readRetryAfter, readRetryBody } from './retry-after.ts'

const nowMs = Date.parse('2026-11-20T12:00:00Z')
const wait = (headers: Record<string, string>, body?: unknown) => readRetryAfter({ headers, body, nowMs })

test('A4.42 retry-after in seconds, also with a fraction', () => {
  expect(wait({ 'retry-after': '7' })).toBe(7000)
  expect(wait({ 'retry-after': '0.5' })).toBe(500)
  expect(wait({ 'retry-after': '0' })).toBe(0)
})

test('A4.42 retry-after as an HTTP date, and 0 when that time has passed', () => {
  expect(wait({ 'retry-after': 'Fri, 20 Nov 2026 12:01:30 GMT' })).toBe(90_000)
  expect(wait({ 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT' })).toBe(0)
})

test('A4.42 retry-after-ms is finer than retry-after and goes first', () => {
  expect(wait({ 'retry-after-ms': '1250.5', 'retry-after': '2' })).toBe(1251)
})

test('A4.42 durations of OpenAI and Groq; the limit that is used up counts', () => {
  expect(wait({ 'x-ratelimit-reset-requests': '6m0s' })).toBe(360_000)
  expect(wait({ 'x-ratelimit-reset-tokens': '7.66s' })).toBe(7660)
  expect(
    wait({
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1m30s',
      'x-ratelimit-remaining-tokens': '8000',
      'x-ratelimit-reset-tokens': '20ms',
    }),
  ).toBe(90_000)
})

test('A4.42 RFC 3339 resets of Anthropic', () => {
  expect(
    wait({
      'anthropic-ratelimit-requests-remaining': '49',
      'anthropic-ratelimit-requests-reset': '2026-11-20T12:00:01Z',
      'anthropic-ratelimit-input-tokens-remaining': '0',
      'anthropic-ratelimit-input-tokens-reset': '2026-11-20T12:00:42Z',
    }),
  ).toBe(42_000)
})

test('A4.42 a reset as a time in seconds or milliseconds since 1970, or as seconds from now', () => {
  expect(wait({ 'x-ratelimit-reset': String(nowMs / 1000 + 5) })).toBe(5000)
  expect(wait({ 'x-ratelimit-reset': String(nowMs + 5) })).toBe(5)
  expect(wait({ 'ratelimit-reset': '12' })).toBe(12_000)
})

test('A4.42 Gemini’s retryDelay, also wrapped in an array, and as seconds and nanos', () => {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.074824224s' }]
  expect(wait({}, { error: { code: 429, details } })).toBe(34_075)
  expect(wait({}, [{ error: { code: 429, details } }])).toBe(34_075)
  expect(wait({}, { error: { details: [{ retryDelay: { seconds: 2, nanos: 5e8 } }] } })).toBe(2500)
})

test('A4.42 the sentence of OpenAI’s message, and headers that OpenRouter puts into the body', () => {
  const message = 'Rate limit reached for gpt-x on tokens per min. Please try again in 1m2.5s. Visit …'
  expect(wait({}, { error: { message } })).toBe(62_500)
  expect(wait({}, { error: { message: 'Please retry in 20ms.' } })).toBe(20)
  const headers = { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': String(nowMs + 3000) }
  expect(wait({}, { error: { metadata: { headers } } })).toBe(3000)
})

test('the header goes before the body, and the body before resets', () => {
  const body = { error: { message: 'try again in 5s' } }
  expect(wait({ 'retry-after': '1', 'x-ratelimit-reset-tokens': '9s' }, body)).toBe(1000)
  expect(wait({ 'x-ratelimit-reset-tokens': '9s' }, body)).toBe(5000)
})

test('nothing, and nothing readable, is no delay', () => {
  expect(wait({})).toBeUndefined()
  expect(wait({ 'retry-after': 'soon', 'x-ratelimit-reset-tokens': '' }, '<html>')).toBeUndefined()
  expect(wait({ 'retry-after': '' }, { error: { details: [null, {}], message: 7 } })).toBeUndefined()
})

test('any input gives a whole number from 0, or nothing', () => {
  const text = fc.oneof(fc.string(), fc.double().map(String), fc.constantFrom('1e400', '-5', '3s', 'NaN'))
  const names = fc.constantFrom('retry-after', 'retry-after-ms', 'x-ratelimit-reset', 'ratelimit-reset')
  fc.assert(
    fc.property(fc.dictionary(names, text), fc.jsonValue(), (headers, body) => {
      const found = readRetryAfter({ headers, body, nowMs })
      expect(found === undefined || (Number.isInteger(found) && found >= 0)).toBe(true)
    }),
  )
})

test('a wait of more than a year is a mistake, and the next best word counts', () => {
  const absurd = { error: { message: `Try again in ${'9'.repeat(400)}d` } }
  expect(readRetryBody(absurd)).toBeUndefined()
  expect(wait({ 'retry-after': '1e300' })).toBeUndefined()
  expect(wait({ 'retry-after': '1e300', 'x-ratelimit-reset': '5' }, absurd)).toBe(5000)
  expect(readRetryBody({ error: { message: 'Try again in 2d' } })).toBe(172_800_000)
})

test('durations add up', () => {
  fc.assert(
    fc.property(fc.nat(48), fc.nat(59), fc.nat(59), fc.nat(999), (hours, minutes, seconds, ms) => {
      const expected = ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms
      expect(parseDuration(`${hours}h${minutes}m${seconds}s${ms}ms`)).toBe(expected)
    }),
  )
})
