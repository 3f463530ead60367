import fc from 'fast-check'
import { z } from 'zod'

/** Values that exist in the running server, by the name of the field that may hold them. */
export type KnownValues = Readonly<Record<string, readonly unknown[]>>

type Json = Readonly<Record<string, unknown>>

/** Texts that programs stumble over. */
const oddTexts = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff tail',
  '🎉'.repeat(40),
  '../../etc/passwd',
  '..\\..\\x',
  '%00',
  '%2e%2e%2f',
  "' OR 1=1 --",
  '"; DROP TABLE api_keys; --',
  '{{7*7}}',
  '${inputs.x}',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'a'.repeat(5_000),
  '-1',
  '1e999',
  'NaN',
  'true',
  '2026-02-30T00:00:00Z',
  '01990000-0000-7000-8000-000000000000',
]

/** Deeper than the server takes; fast-check itself takes no deeper one. */
const deepValue: unknown = JSON.parse(`${'['.repeat(600)}${']'.repeat(600)}`)

/**
 * Values that mostly fit a schema's input, made of what the server knows and of what breaks programs; now and then
 * a part is something else entirely. Reaches what stands behind the check of shapes, which random JSON does not.
 */
export function arbitraryOfSchema(schema: z.ZodType, known: KnownValues): fc.Arbitrary<unknown> {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as Json
  return arbitraryOf(json, known, '')
}

function arbitraryOf(schema: Json, known: KnownValues, field: string): fc.Arbitrary<unknown> {
  const fitting = fittingOf(schema, known, field)
  const values = known[field]
  const usual =
    values === undefined
      ? fitting
      : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: fitting })
  return fc.oneof(
    { weight: 24, arbitrary: usual },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>(...oddTexts, deepValue) },
  )
}

function fittingOf(schema: Json, known: KnownValues, field: string): fc.Arbitrary<unknown> {
  const choices = (schema['anyOf'] ?? schema['oneOf']) as readonly Json[] | undefined
  if (choices !== undefined) return fc.oneof(...choices.map((each) => arbitraryOf(each, known, field)))
  if ('const' in schema) return fc.constant(schema['const'])
  const values = schema['enum'] as readonly unknown[] | undefined
  if (values !== undefined) return fc.constantFrom(...values)
  switch (schema['type']) {
    case 'object':
      return objectOf(schema, known)
    case 'array':
      return fc.array(arbitraryOf((schema['items'] ?? {}) as Json, known, field), {
        minLength: Math.min(1, numberOf(schema, 'minItems', 0)),
        maxLength: 3,
      })
    case 'string':
      return textOf(schema)
    case 'integer':
    case 'number':
      return numberArbitrary(schema)
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}

function objectOf(schema: Json, known: KnownValues): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Json>)
  const fixed = fc.record(
    Object.fromEntries(properties.map(([name, each]) => [name, arbitraryOf(each, known, name)])),
    { requiredKeys: (schema['required'] ?? []) as string[] },
  )
  const more = schema['additionalProperties']
  if (typeof more !== 'object' || more === null) return fixed
  const names = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom(...oddTexts))
  const open = fc.dictionary(names, arbitraryOf(more as Json, known, ''), { maxKeys: 3 })
  return fc.tuple(open, fixed).map(([first, second]) => ({ ...first, ...second }))
}

function textOf(schema: Json): fc.Arbitrary<string> {
  const odd = fc.constantFrom(...oddTexts)
  const maxLength = Math.min(numberOf(schema, 'maxLength', 60), 60)
  if (schema['format'] === 'date-time') {
    const dates = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
    return fc.oneof(
      dates.map((date) => date.toISOString()),
      odd,
    )
  }
  if (schema['format'] === 'uri')
    return fc.oneof({ weight: 3, arbitrary: fc.webUrl() }, { weight: 1, arbitrary: odd })
  const pattern = schema['pattern']
  if (typeof pattern === 'string')
    return fc.oneof(
      { weight: 4, arbitrary: fc.stringMatching(new RegExp(pattern)) },
      { weight: 1, arbitrary: odd },
    )
  return fc.oneof(
    fc.string({ maxLength, unit: 'binary' }),
    fc.string({ maxLength, minLength: Math.min(1, maxLength) }),
    odd,
  )
}

function numberArbitrary(schema: Json): fc.Arbitrary<number> {
  const min = numberOf(schema, 'minimum', -1e6)
  const max = numberOf(schema, 'maximum', 1e6)
  const low = Math.max(min, -1e9)
  const high = Math.min(max, 1e9)
  return fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: Math.ceil(low), max: Math.floor(high) }) },
    { weight: 1, arbitrary: fc.constantFrom(min - 1, max + 1, 0.5, -0, 2 ** 53, 1e308) },
  )
}

function numberOf(schema: Json, name: string, fallback: number): number {
  const value = schema[name]
  return typeof value === 'number' ? value : fallback
}
