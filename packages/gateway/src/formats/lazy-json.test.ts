import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readModelRequest } from './chat-request.ts'
import { readLazily } from './lazy-json.ts'
import { scanFields } from './scan-fields.ts'

const long = 'x"\\é'.repeat(5_000)
/** Makes a whole body large. */
const longer = long.repeat(3)
const shape = { inputField: 'messages' } as const

test('an object is the same as when it is parsed whole, whatever is in it', () => {
  const value = fc.oneof(fc.jsonValue({ stringUnit: 'grapheme' }), fc.constant(long), fc.constant([long, 1]))
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'grapheme' }), value),
      fc.constantFrom(undefined, 2, '\t'),
      (object, indent) => {
        const text = JSON.stringify(object, undefined, indent)
        const read = readLazily(Buffer.from(text))
        expect(Object.keys(read ?? {})).toEqual(Object.keys(JSON.parse(text) as object))
        expect(JSON.stringify({ ...read })).toBe(JSON.stringify(JSON.parse(text)))
      },
    ),
    { numRuns: 100 },
  )
})

test('only what has the form of one object is read; damage anywhere at the top is seen', () => {
  const whole = `{"model":"m","a":[1,{"b":"}"}],"messages":[${JSON.stringify(long)}]} \n`
  expect(readLazily(Buffer.from(whole))).toMatchObject({ model: 'm' })
  const broken = [
    `x${whole}`,
    `${whole}x`,
    whole.replace('"m",', '"m"'),
    whole.replace('"m",', '"m",,'),
    whole.replace('"m"', ''),
    whole.replace('"m"', "'m'"),
    whole.replace('"m"', '"\u0001"'),
    whole.replace('"model":', '"model" '),
    whole.replace('"model"', "'model'"),
    whole.replace('"model"', String.raw`"mod\xel"`),
    whole.replace('{"model"', '{,"model"'),
    whole.replace(/\} \n$/, ',} \n'),
    whole.replace(/\} \n$/, ''),
    whole.slice(0, 20_000),
    `[${whole}]`,
    '"text"',
    '',
  ]
  for (const text of broken) expect(readLazily(Buffer.from(text))).toBeUndefined()
  expect(readLazily(Buffer.from(' { } '))).toEqual({})
})

test('a cut at any byte leaves no whole object', () => {
  const whole = Buffer.from('{"model":"m", "list":[{"a":"\\"]"},2], "n":null}')
  expect(scanFields(whole, () => undefined)).toBe(true)
  for (let end = 0; end < whole.length; end++)
    expect(scanFields(whole.subarray(0, end), () => undefined)).toBe(false)
})

test('a large value is parsed once, when it is read', () => {
  const read = readLazily(Buffer.from(JSON.stringify({ model: 'm', messages: [long], model2: 'n' })))
  expect(read?.['messages']).toEqual([long])
  expect(read?.['messages']).toBe(read?.['messages'])
  expect(Object.keys(read ?? {})).toEqual(['model', 'messages', 'model2'])
})

test('a mistake in a large value is told with its place when the value is read', () => {
  const body = Buffer.from(`{"model":"m",\n"messages":[${JSON.stringify(longer)}, oh]}`)
  const request = readModelRequest(body, shape)
  expect(request).toMatchObject({ model: 'm', isStream: false })
  expect(() => request.json['messages']).toThrow(/The body is not JSON: mistake at line 2, column \d+ .*near/)
})

test('a body with two models is refused, and so is one that is nested too deep, however large', () => {
  const two = `{"model":"a","messages":[${JSON.stringify(longer)}],"model":"b"}`
  expect(() => readModelRequest(Buffer.from(two), shape)).toThrow('The body has "model" twice')
  const deep = `{"model":"a","x":${JSON.stringify(longer)},"messages":${'['.repeat(600)}${']'.repeat(600)}}`
  expect(() => readModelRequest(Buffer.from(deep), shape)).toThrow('nested more than 500 levels')
})

test('a body of very many fields is parsed at once', () => {
  const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`f${String(index)}`, index]))
  const body = Buffer.from(JSON.stringify({ model: 'm', ...many, messages: [1] }))
  expect(readLazily(body)).toBeUndefined()
  expect(readModelRequest(body, shape).json).toMatchObject({ model: 'm', f19999: 19_999 })
})
