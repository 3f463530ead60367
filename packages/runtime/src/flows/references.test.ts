import fc from 'fast-check'
import { expect, test } from 'vitest'
import { coerceInput } from './coerce-input.ts'
import { evaluateCondition } from './evaluate-condition.ts'
import { parseCondition } from './parse-condition.ts'
import { parseReference, printReference, type FlowReference } from './parse-reference.ts'
import { parseValue, referencesIn } from './parse-value.ts'
import { resolveReference, resolveValue } from './resolve-value.ts'

const state = {
  inputs: { question: 'Hi', n: 3, list: ['a', { 'b c': [1, 2] }], none: null },
  outputs: new Map<string, unknown>([['find', { sources: [{ title: 'T' }], text: '' }]]),
}
const resolve = (text: unknown) => resolveValue(parseValue(text), state)
const holds = (text: string) => {
  const parsed = parseCondition(text)
  if (!parsed.ok) throw new Error(`${parsed.message} ${parsed.suggestion}`)
  return evaluateCondition(parsed.condition, state)
}

test('a reference alone keeps its type, inside text it becomes text', () => {
  expect(resolve('${inputs.n}')).toBe(3)
  expect(resolve('${flow.n}')).toBe(3)
  expect(resolve("${inputs.list[1]['b c'][-1]}")).toBe(2)
  expect(resolve('${find.output.sources}')).toEqual([{ title: 'T' }])
  expect(resolve('n=${inputs.n}, ${inputs.none}${inputs.list[0]} ${find.output.sources[0]}')).toBe(
    'n=3, a {"title":"T"}',
  )
  expect(resolve({ a: ['${inputs.n}', 'x'], b: true })).toEqual({ a: [3, 'x'], b: true })
  expect(resolve('costs $5 and $${inputs.n}')).toBe('costs $5 and ${inputs.n}')
})

test('a path that leads nowhere is null, and never the prototype', () => {
  for (const path of [
    'inputs.missing',
    'inputs.question.length',
    'inputs.list.length',
    'find.output.constructor',
    'inputs.__proto__',
    'find.output.sources[9].title',
    'other.output',
  ]) {
    expect(resolve(`\${${path}}`), path).toBe(null)
  }
})

const reference = fc.oneof(
  fc.record({
    kind: fc.constantFrom('input' as const, 'node' as const),
    name: fc.constantFrom('a', 'long-name', '_x1'),
    path: fc.array(fc.oneof(fc.string(), fc.integer({ min: -9, max: 99 })), { maxLength: 4 }),
  }),
)

test('every reference prints to a text that parses to the same reference', () => {
  fc.assert(
    fc.property(reference, (given) => {
      fc.pre(!given.path.some((part) => typeof part === 'string' && /\n/.test(part)))
      expect(parseReference(printReference(given))).toEqual({ ok: true, reference: given as FlowReference })
    }),
  )
})

test('any text parses into a value without losing what is literal', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('$', '{', '}', 'a', '.', 'inputs.q', ' ', '[0]') }),
      (text) => {
        const problems: unknown[] = []
        const value = parseValue(text, problems as never[])
        expect(referencesIn(value).length + problems.length).toBeLessThanOrEqual(text.split('${').length - 1)
        const printed = resolveValue(value, state)
        expect(text.includes('${') || printed === text).toBe(true)
      },
    ),
  )
})

test('values are looked up by any own path of JSON', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (inputs, key) => {
      const found = resolveReference({ kind: 'input', name: key, path: [] }, { inputs, outputs: new Map() })
      expect(found).toEqual(Object.hasOwn(inputs, key) ? (inputs[key] ?? null) : null)
    }),
  )
})

test('conditions compare, combine and nest', () => {
  const yes = [
    '${inputs.n} == 3',
    "${inputs.question} != 'x'",
    '${inputs.n} > 2 and ${inputs.n} <= 3',
    'not ${find.output.text}',
    '${find.output.sources} != []',
    '"a" in ${inputs.list}',
    "'H' in ${inputs.question}",
    '"z" not in ${inputs.list}',
    '${inputs.question} in ["Hi", "Ho"]',
    '(${inputs.n} == 1 or true) and not (false)',
    '"text" in ${find.output}',
    '${inputs.none} == null',
    'not ${inputs.n} == 4',
    '${inputs.n} >= -1.5e2',
    '${find.output.sources}',
  ]
  const no = [
    'false',
    '${inputs.none}',
    '${inputs.n} == "3"',
    '1 in 5',
    '${inputs.n} == 3 and ${inputs.n} == 4',
    '[]',
    '""',
    '${inputs.missing} == 0',
  ]
  for (const text of yes) expect(holds(text), text).toBe(true)
  for (const text of no) expect(holds(text), text).toBe(false)
  expect(() => holds('${inputs.n} > "2"')).toThrow('A condition cannot order a number > a string.')
})

test('a condition that cannot be read says where', () => {
  const cases = [
    '',
    '==',
    '1 ==',
    '(1',
    '[1',
    'a',
    '${inputs}',
    '1 = 1',
    '1 2',
    'not',
    '${find.text} == 1',
    `${'('.repeat(100)}1`,
  ]
  for (const text of cases) expect(parseCondition(text), text).toMatchObject({ ok: false })
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom(
          '(',
          ')',
          '[',
          ']',
          ',',
          'not ',
          'and ',
          'or ',
          'in ',
          '1',
          '"x"',
          '==',
          '${inputs.n}',
        ),
      }),
      (text) => void parseCondition(text),
    ),
  )
})

test('inputs are coerced as prompt flow does', () => {
  expect(coerceInput('x', 'int', ' 42 ')).toBe(42)
  expect(coerceInput('x', 'double', '1.5e3')).toBe(1500)
  expect(coerceInput('x', 'bool', 'True')).toBe(true)
  expect(coerceInput('x', 'list', '[1]')).toEqual([1])
  expect(coerceInput('x', 'object', '{"a":1}')).toEqual({ a: 1 })
  expect(coerceInput('x', 'string', { a: 1 })).toBe('{"a":1}')
  const wrong = [
    ['int', '4.2'],
    ['int', 4.2],
    ['int', ''],
    ['double', 'x'],
    ['bool', 'yes'],
    ['bool', 1],
    ['list', '{}'],
    ['object', '[]'],
    ['object', 'x'],
  ] as const
  for (const [type, value] of wrong)
    expect(() => coerceInput('x', type, value), `${type} ${value}`).toThrow('Input "x" is')
})
