import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerOffline, fillSchema, readOfflineRequest } from '../index.ts'

const invoice = `Invoice number: INV-2041
Vendor: Acme Tools Ltd.
Date: 2026-03-14
The total is $1,234.50, including 19 % tax. Contact: billing@acme.example
Items: hammer, saw and nails
The invoice is not paid yet. Priority: high`
const fill = (schema: Record<string, unknown>, text = invoice) => fillSchema(schema, { text, answer: text })

test('an invoice fills its schema', () => {
  const schema = {
    type: 'object',
    properties: {
      invoice_number: { type: 'string' },
      vendor: { type: 'string' },
      date: { type: 'string', format: 'date' },
      total: { type: 'number' },
      email: { type: 'string', format: 'email' },
      items: { type: 'array', items: { type: 'string' } },
      paid: { type: 'boolean' },
      priority: { enum: ['low', 'medium', 'high'] },
    },
    required: ['invoice_number', 'total'],
    additionalProperties: false,
  }
  expect(fill(schema)).toEqual({
    invoice_number: 'INV-2041',
    vendor: 'Acme Tools Ltd',
    date: '2026-03-14',
    total: 1234.5,
    email: 'billing@acme.example',
    items: ['hammer', 'saw', 'nails'],
    paid: false,
    priority: 'high',
  })
})

test('references, alternatives and constants are followed', () => {
  const schema = {
    $defs: { money: { type: 'object', properties: { total: { type: 'number' } }, required: ['total'] } },
    type: 'object',
    properties: {
      price: { $ref: '#/$defs/money' },
      kind: { const: 'invoice' },
      vendor: { anyOf: [{ type: 'null' }, { type: 'string' }] },
    },
    required: ['price', 'kind'],
  }
  expect(fill(schema)).toEqual({ price: { total: 1234.5 }, kind: 'invoice', vendor: 'Acme Tools Ltd' })
})

test('a recursive schema ends, and one that cannot is refused', () => {
  const node = {
    type: 'object',
    properties: { name: { type: 'string' }, child: { $ref: '#' } },
    required: ['name'],
  }
  expect(fill(node)).toMatchObject({ name: expect.any(String), child: { name: expect.any(String) } })
  expect(() => fill({ ...node, required: ['name', 'child'] })).toThrow('inside itself')
})

test('a chat with a response format answers in JSON', () => {
  const request = readOfflineRequest({
    messages: [
      { role: 'system', content: '[1] Ports\nThe gateway listens on port 4701.' },
      { role: 'user', content: 'Which port does the gateway use?' },
    ],
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'a',
        schema: { type: 'object', properties: { answer: { type: 'string' }, port: { type: 'integer' } } },
      },
    },
  })
  const answer = answerOffline(request)
  expect(answer.kind === 'text' && JSON.parse(answer.text)).toEqual({
    answer: 'The gateway listens on port 4701 [1].',
    port: 4701,
  })
})

type Schema = Record<string, any>
const leaf: fc.Arbitrary<Schema> = fc.oneof(
  fc
    .tuple(fc.constantFrom('number', 'integer'), fc.integer({ min: -50, max: 50 }), fc.nat(100))
    .map(([type, minimum, span]) => ({ type, minimum, maximum: minimum + span })),
  fc.record({
    type: fc.constant('integer'),
    exclusiveMinimum: fc.integer({ min: -9, max: 9 }),
    multipleOf: fc.integer({ min: 1, max: 7 }),
  }),
  fc
    .tuple(fc.nat(10), fc.nat(20))
    .map(([minLength, span]) => ({ type: 'string', minLength, maxLength: minLength + span })),
  fc.constantFrom({ type: 'boolean' }, { type: 'null' }, { type: ['null', 'string'] }, { const: 3 }),
  fc.constantFrom('date', 'email', 'uuid', 'date-time').map((format) => ({ type: 'string', format })),
  fc
    .uniqueArray(fc.oneof(fc.string(), fc.integer()), { minLength: 1, maxLength: 4 })
    .map((values) => ({ enum: values })),
)
const { schema: anySchema } = fc.letrec<{ schema: Schema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.record({ type: fc.constant('array'), items: tie('schema'), minItems: fc.nat(3) }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/u), tie('schema'), { maxKeys: 4 }).map((properties) => ({
      type: 'object',
      properties,
      required: Object.keys(properties).slice(0, 2),
      additionalProperties: false,
    })),
  ),
}))

test('the result fits the schema, whatever schema and text', () => {
  fc.assert(
    fc.property(
      anySchema,
      fc.oneof(fc.constant(invoice), fc.string({ unit: 'grapheme', maxLength: 80 })),
      (schema, text) => {
        expect(problemsOf(fill(schema, text), schema, '$')).toEqual([])
        expect(fill(schema, text)).toEqual(fill(schema, text))
      },
    ),
    { numRuns: 400 },
  )
})

function problemsOf(value: any, schema: Schema, path: string): string[] {
  if ('const' in schema) return value === schema.const ? [] : [`${path} const`]
  if (schema.enum) return schema.enum.includes(value) ? [] : [`${path} enum`]
  const types: string[] = [schema.type].flat()
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  const isInteger = types.includes('integer') && Number.isInteger(value)
  if (!types.includes(type) && !isInteger) return [`${path} is ${type}, not ${types.join('|')}`]
  const problems: string[] = []
  const check = (isOk: boolean, what: string) =>
    isOk || problems.push(`${path} ${what} (${JSON.stringify(value)})`)
  if (type === 'number') {
    check(value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity), 'range')
    check(value > (schema.exclusiveMinimum ?? -Infinity), 'exclusive')
    check(schema.multipleOf === undefined || value % schema.multipleOf === 0, 'multiple')
  }
  if (type === 'string') {
    const length = Array.from(value).length
    check(length >= (schema.minLength ?? 0) && length <= (schema.maxLength ?? Infinity), 'length')
    check(schema.format !== 'date' || !Number.isNaN(Date.parse(value)), 'date')
    check(schema.format !== 'email' || value.includes('@'), 'email')
  }
  if (type === 'array') {
    check(value.length >= (schema.minItems ?? 0), 'items')
    problems.push(
      ...value.flatMap((item: any, at: number) => problemsOf(item, schema.items, `${path}[${at}]`)),
    )
  }
  if (type === 'object') {
    for (const name of schema.required ?? []) check(name in value, `misses ${name}`)
    for (const [name, item] of Object.entries(value)) {
      problems.push(
        ...(schema.properties[name]
          ? problemsOf(item, schema.properties[name], `${path}.${name}`)
          : [`${path}.${name} extra`]),
      )
    }
  }
  return problems
}
