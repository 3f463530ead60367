import { localDetectorSpec } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { redactJson } from './json-text.ts'
import { makeDetectors } from './make-detectors.ts'

const { json } = makeDetectors(localDetectorSpec.parse({ type: 'pii' }))
const redacted = (text: string): string =>
  redactJson(
    text,
    json.flatMap((detector) => detector.scan(text)),
  )

test.each([
  ['a line break before it', String.raw`{"a":"Hi\nada@example.com"}`, String.raw`{"a":"Hi\n[EMAIL]"}`],
  ['an escape in it', String.raw`{"a":"ada\u0040example.com"}`, '{"a":"[EMAIL]"}'],
  ['escapes of escapes', String.raw`{"a":"ada\\u0040example.com"}`, '{"a":"[EMAIL]"}'],
  ['a number', '{"card":4111111111111111,"n":1}', '{"card":"[CREDIT-CARD]","n":1}'],
  ['a list of numbers', '{"d":[4111111111111111]}', '{"d":["[CREDIT-CARD]"]}'],
  ['a name', '{"ada@example.com":true}', '{"[EMAIL]":true}'],
  ['an escaped quote beside it', String.raw`["\"ada@example.com\""]`, String.raw`["\"[EMAIL]\""]`],
])('arguments of a tool stay JSON where what was found has %s', (_, text, expected) => {
  expect(redacted(text)).toBe(expected)
  expect(() => void JSON.parse(expected)).not.toThrow()
})

test('what is no JSON has no quotes put around what is replaced', () => {
  expect(redacted('ada@example.com and 4111111111111111')).toBe('[EMAIL] and [CREDIT-CARD]')
})

test('a finding that reaches over several values leaves what stands between them', () => {
  const finding = { detector: 'regex', kind: 'both', start: 6, end: 14, score: 1 }
  expect(redactJson('{"a":"xx","b":"yy"}', [finding])).toBe('{"a":"[BOTH]","[BOTH]":"yy"}')
})
