import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deepFreeze } from '../../../neutral/testing/deep-freeze.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { toJsonSchema } from './to-json-schema.ts'
import { toOpenApiSchema } from './to-open-api-schema.ts'

test('A4.17 the subset of OpenAPI becomes JSON schema', () => {
  const subset = deepFreeze({
    type: 'OBJECT',
    properties: {
      type: { type: 'STRING', format: 'enum', enum: ['a', 'b'], nullable: true },
      list: { type: 'ARRAY', items: { type: 'NUMBER', format: 'double' }, minItems: '1', max_items: '3' },
      either: { anyOf: [{ type: 'INTEGER' }, { type: 'BOOLEAN' }], nullable: true },
      free: { type: 'TYPE_UNSPECIFIED', example: 5 },
    },
    required: ['type'],
    propertyOrdering: ['type', 'list'],
  })
  expect(toJsonSchema(subset)).toEqual({
    type: 'object',
    properties: {
      type: { type: ['string', 'null'], enum: ['a', 'b', null] },
      list: { type: 'array', items: { type: 'number', format: 'double' }, minItems: 1, maxItems: 3 },
      either: { anyOf: [{ type: 'integer' }, { type: 'boolean' }, { type: 'null' }] },
      free: { examples: [5] },
    },
    required: ['type'],
    propertyOrdering: ['type', 'list'],
  })
})

test('A4.17 references, null, const and oneOf are put into the words of the subset', () => {
  const schema = deepFreeze({
    type: 'object',
    properties: {
      node: { $ref: '#/$defs/node', description: 'here' },
      maybe: { type: ['string', 'null'], minLength: 1 },
      both: { type: ['string', 'integer'] },
      kind: { const: 'fixed' },
      level: { enum: [1, 2], type: 'integer', description: 'How much.' },
      one: { oneOf: [{ type: 'string' }, { type: 'number', exclusiveMinimum: 0 }] },
      url: { type: 'string', format: 'uri' },
      day: { type: 'string', format: 'date-time' },
      all: { allOf: [{ type: 'object', properties: { a: { type: 'string' } } }, { required: ['a'] }] },
      list: { type: 'array' },
    },
    additionalProperties: false,
    $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } } },
  })
  expect(toOpenApiSchema(schema)).toEqual({
    type: 'OBJECT',
    properties: {
      node: { type: 'OBJECT', description: 'here', properties: { next: { type: 'OBJECT' } } },
      maybe: { type: 'STRING', minLength: 1, nullable: true },
      both: { anyOf: [{ type: 'STRING' }, { type: 'INTEGER' }] },
      kind: { type: 'STRING', format: 'enum', enum: ['fixed'] },
      level: { type: 'INTEGER', description: 'How much. One of: 1, 2.' },
      one: { anyOf: [{ type: 'STRING' }, { type: 'NUMBER', minimum: 0 }] },
      url: { type: 'STRING' },
      day: { type: 'STRING', format: 'date-time' },
      all: { type: 'OBJECT', properties: { a: { type: 'STRING' } }, required: ['a'] },
      list: { type: 'ARRAY', items: { type: 'OBJECT' } },
    },
  })
})

const words = new Set([
  'type',
  'format',
  'title',
  'description',
  'nullable',
  'default',
  'items',
  'minItems',
  'maxItems',
  'enum',
  'properties',
  'propertyOrdering',
  'required',
  'minProperties',
  'maxProperties',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
  'anyOf',
])

/** The first thing that Google's parser would refuse. */
function findForeign(schema: unknown): string | undefined {
  if (!isJsonObject(schema)) return 'no object'
  for (const name in schema) if (!words.has(name)) return name
  const { anyOf, items, properties } = schema
  if (Array.isArray(anyOf)) {
    const beside = Object.keys(schema).find((name) => name !== 'anyOf' && name !== 'nullable')
    if (beside !== undefined) return `${beside} beside anyOf`
  }
  const inner = [
    ...(Array.isArray(anyOf) ? anyOf : []),
    ...(items === undefined ? [] : [items]),
    ...(isJsonObject(properties) ? Object.values(properties) : []),
  ]
  return inner.map(findForeign).find((found) => found !== undefined)
}

const anySchema = fc.letrec<{ schema: JsonObject }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small' },
    fc.record(
      {
        type: fc.constantFrom('string', 'integer', ['number', 'null'], ['string', 'array', 'null'], 'null'),
        enum: fc.constantFrom(['a'], [1, null], [true]),
        format: fc.constantFrom('uri', 'date-time'),
        description: fc.string(),
        multipleOf: fc.constant(2),
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
    fc.record(
      {
        properties: fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), tie('schema'), { maxKeys: 3 }),
        additionalProperties: tie('schema'),
        anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }),
        $ref: fc.constantFrom('#', '#/properties/a', '#/nowhere', 'https://example.com'),
        items: tie('schema'),
        allOf: fc.array(tie('schema'), { maxLength: 2 }),
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
  ),
})).schema

test('A4.17 any JSON schema comes down to what the subset knows, and stays as it was', () => {
  fc.assert(
    fc.property(anySchema, (schema) => {
      expect(findForeign(toOpenApiSchema(deepFreeze(schema)))).toBeUndefined()
    }),
  )
})

test('references that multiply neither hang nor fill the memory', () => {
  const level = (index: number) => {
    const next = { $ref: `#/$defs/d${index + 1}` }
    return [`d${index}`, { type: 'object', properties: { a: next, b: next, c: next } }] as const
  }
  const $defs = Object.fromEntries(Array.from({ length: 22 }, (_, index) => level(index)))
  const written = JSON.stringify(toOpenApiSchema({ $ref: '#/$defs/d0', $defs }))
  expect(written.length).toBeLessThan(1_000_000)
})

test('schemas of any depth are read', () => {
  let schema: JsonObject = { type: 'STRING' }
  for (let depth = 0; depth < 50_000; depth++) schema = { type: 'ARRAY', items: schema }
  expect(toJsonSchema(schema)['type']).toBe('array')
  expect(toOpenApiSchema(schema)['type']).toBe('ARRAY')
})
