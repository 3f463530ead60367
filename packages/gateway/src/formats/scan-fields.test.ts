import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scanFields } from './scan-fields.ts'
import { spliceBody } from './splice-body.ts'

function fieldsOf(text: string): Map<string, string> {
  const body = Buffer.from(text)
  const found = new Map<string, string>()
  scanFields(body, (name, { start, end }) => found.set(name, body.toString('utf8', start, end)))
  return found
}

const anyObject = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ stringUnit: 'grapheme' }))

test('every top-level value is found whole, whatever is in it and however it is spaced', () => {
  fc.assert(
    fc.property(anyObject, fc.constantFrom(undefined, 1, '\t'), (object, indent) => {
      const found = fieldsOf(JSON.stringify(object, undefined, indent))
      expect([...found.keys()].toSorted()).toEqual(Object.keys(object).toSorted())
      for (const [name, text] of found) {
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(object[name])))
      }
    }),
    { numRuns: 500 },
  )
})

test('strings around the length where the search changes, with quotes and backslashes anywhere', () => {
  for (let length = 30; length < 70; length++) {
    for (const tail of ['"', '\\', '\\"', '\\\\', 'x']) {
      const value = 'a'.repeat(length) + tail + 'b'.repeat(60) + tail
      expect(fieldsOf(JSON.stringify({ value, next: 1 }))).toEqual(
        new Map([
          ['value', JSON.stringify(value)],
          ['next', '1'],
        ]),
      )
    }
  }
})

test('an escaped name is the name that it means, and a repeated one is found each time', () => {
  expect(fieldsOf('{"mod\\u0065l":"a"}').get('model')).toBe('"a"')
  const names: string[] = []
  scanFields(Buffer.from('{"model":"a","x":{"model":"inner"},"model":"b"}'), (name) => names.push(name))
  expect(names).toEqual(['model', 'x', 'model'])
})

test('splices replace exactly their bytes', () => {
  const body = Buffer.from('{"model":"c/ü","n":1}')
  const range = { start: 9, end: 15 }
  const spliced = spliceBody(body, [
    { start: body.length - 1, end: body.length - 1, text: ',"é":2' },
    { ...range, text: '"ü"' },
  ])
  expect(JSON.parse(spliced.toString())).toEqual({ model: 'ü', n: 1, é: 2 })
})
