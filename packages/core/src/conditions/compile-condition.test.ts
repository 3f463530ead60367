import { condition, type Condition } from '@ratchet/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileCondition, type RequestFacts } from './index.ts'

type Given = Partial<Omit<RequestFacts, 'metadata' | 'header' | 'parameter'>> & {
  metadata?: Record<string, unknown>
  header?: Record<string, unknown>
  parameter?: Record<string, unknown>
}

function factsOf({ metadata = {}, header = {}, parameter = {}, ...given }: Given = {}): RequestFacts {
  return {
    model: 'support',
    route: 'support',
    environment: 'production',
    keyId: '7f0c',
    keyName: 'website',
    user: '',
    session: '',
    app: '',
    stream: false,
    tools: 0,
    images: 0,
    inputTokens: 120,
    ...given,
    metadata: (name) => metadata[name],
    header: (name) => header[name],
    parameter: (name) => parameter[name],
  }
}

/** Judges a condition as it would be written in a file. */
function holds(written: unknown, given?: Given): boolean {
  return compileCondition(condition.parse(written))(factsOf(given))
}

test('a test with several operators demands all of them', () => {
  const written = { field: 'inputTokens', above: 100, below: 200 }
  expect(holds(written)).toBe(true)
  expect(holds(written, { inputTokens: 200 })).toBe(false)
  expect(holds(written, { inputTokens: 100 })).toBe(false)
})

test('the key is known by its name and by its id', () => {
  expect(holds({ field: 'key', equals: 'website' })).toBe(true)
  expect(holds({ field: 'key', equals: '7f0c' })).toBe(true)
  expect(holds({ field: 'key', notEquals: '7f0c' })).toBe(false)
  expect(holds({ field: 'key', in: ['batch', 'website'] })).toBe(true)
  expect(holds({ field: 'key', startsWith: 'web' })).toBe(true)
  expect(holds({ field: 'key', equals: 'batch' })).toBe(false)
})

test('text that is a number compares as one, other text never does', () => {
  const written = { field: 'metadata.order', above: 99.5 }
  expect(holds(written, { metadata: { order: '100' } })).toBe(true)
  expect(holds(written, { metadata: { order: 100 } })).toBe(true)
  expect(holds(written, { metadata: { order: 'many' } })).toBe(false)
  expect(holds(written, { metadata: { order: '' } })).toBe(false)
  expect(holds({ field: 'metadata.order', below: 1 }, { metadata: { order: ' ' } })).toBe(false)
})

test('a number equals its text, and a boolean its word', () => {
  expect(holds({ field: 'header.x-tier', equals: 3 }, { header: { 'x-tier': '3' } })).toBe(true)
  expect(holds({ field: 'metadata.vip', equals: true }, { metadata: { vip: 'true' } })).toBe(true)
  expect(holds({ field: 'stream', equals: true }, { stream: true })).toBe(true)
  expect(holds({ field: 'stream', equals: true })).toBe(false)
})

test('headers are found whatever the case of their name', () => {
  expect(holds({ field: 'header.X-Tier', equals: 'gold' }, { header: { 'x-tier': 'gold' } })).toBe(true)
})

test('tools and images answer both "any?" and "how many?"', () => {
  expect(holds({ field: 'tools', equals: true }, { tools: 2 })).toBe(true)
  expect(holds({ field: 'tools', equals: false }, { tools: 2 })).toBe(false)
  expect(holds({ field: 'tools', equals: false })).toBe(true)
  expect(holds({ field: 'images', equals: 2 }, { images: 2 })).toBe(true)
  expect(holds({ field: 'images', above: 2 }, { images: 2 })).toBe(false)
})

test('a list meets a test when one of its members does', () => {
  const metadata = { tags: ['beta', 'eu'] }
  expect(holds({ field: 'metadata.tags', equals: 'eu' }, { metadata })).toBe(true)
  expect(holds({ field: 'metadata.tags', notEquals: 'eu' }, { metadata })).toBe(false)
  expect(holds({ field: 'metadata.tags', notEquals: 'us' }, { metadata })).toBe(true)
})

test('what the request does not tell meets only notEquals and exists: false', () => {
  for (const value of [undefined, null, '', []]) {
    const given = { metadata: { tier: value } }
    expect(holds({ field: 'metadata.tier', exists: false }, given)).toBe(true)
    expect(holds({ field: 'metadata.tier', exists: true }, given)).toBe(false)
    expect(holds({ field: 'metadata.tier', notEquals: 'gold' }, given)).toBe(true)
    expect(holds({ field: 'metadata.tier', equals: 'gold' }, given)).toBe(false)
    expect(holds({ field: 'metadata.tier', above: -1 }, given)).toBe(false)
    expect(holds({ field: 'metadata.tier', below: 1 }, given)).toBe(false)
  }
})

test('a field alone asks whether the request tells it', () => {
  expect(holds({ field: 'user' })).toBe(false)
  expect(holds({ field: 'user' }, { user: 'ana' })).toBe(true)
})

test('a temperature of 0 is told, a missing seed is not', () => {
  expect(holds({ field: 'parameter.temperature', exists: true }, { parameter: { temperature: 0 } })).toBe(
    true,
  )
  expect(holds({ field: 'parameter.seed', exists: true })).toBe(false)
})

const names = ['tier', 'tags', 'constructor', 'x.y']
const scalar = fc.oneof(fc.string({ maxLength: 4 }), fc.integer({ min: -3, max: 3 }), fc.boolean())
const anyValue = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.jsonValue(), fc.constant(undefined))
const anyField = fc.oneof(
  fc.constantFrom('model', 'route', 'key', 'user', 'session', 'app', 'stream', 'tools', 'images'),
  fc.constant('inputTokens'),
  fc
    .tuple(fc.constantFrom('metadata', 'header', 'parameter'), fc.constantFrom(...names))
    .map(([group, name]) => `${group}.${name}`),
)
const anyTest: fc.Arbitrary<Condition> = fc.record(
  {
    field: anyField,
    equals: scalar,
    notEquals: scalar,
    in: fc.array(scalar, { minLength: 1, maxLength: 3 }),
    startsWith: fc.string({ maxLength: 2 }),
    contains: fc.string({ maxLength: 2 }),
    above: fc.integer({ min: -3, max: 3 }),
    below: fc.integer({ min: -3, max: 3 }),
    exists: fc.boolean(),
  },
  { requiredKeys: ['field'] },
)
const anyCondition: fc.Arbitrary<Condition> = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    anyTest,
    fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
    tie('condition').map((not) => ({ not })),
  ),
})).condition
const anyFacts = fc
  .record({
    user: fc.constantFrom('', 'ana'),
    stream: fc.boolean(),
    tools: fc.nat(3),
    images: fc.nat(3),
    inputTokens: fc.nat(5),
    metadata: fc.dictionary(fc.constantFrom(...names), anyValue),
    header: fc.dictionary(fc.constantFrom(...names), anyValue),
    parameter: fc.dictionary(fc.constantFrom(...names), anyValue),
  })
  .map(factsOf)

test('every condition that can be written gives an answer for every request, and the same one twice', () => {
  fc.assert(
    fc.property(anyCondition, anyFacts, (written, facts) => {
      const judge = compileCondition(condition.parse(written))
      const answer = judge(facts)
      expect(typeof answer).toBe('boolean')
      expect(judge(facts)).toBe(answer)
    }),
  )
})

test('all, any and not combine as in logic', () => {
  fc.assert(
    fc.property(fc.array(anyCondition, { minLength: 1, maxLength: 4 }), anyFacts, (parts, facts) => {
      const judge = (some: Condition) => compileCondition(some)(facts)
      const answers = parts.map(judge)
      expect(judge({ all: parts })).toBe(answers.every(Boolean))
      expect(judge({ any: parts })).toBe(answers.some(Boolean))
      expect(judge({ not: { all: parts } })).toBe(judge({ any: parts.map((not) => ({ not })) }))
    }),
  )
})

test('operators of one test are the same as one test each under all', () => {
  fc.assert(
    fc.property(anyTest, anyFacts, (written, facts) => {
      const { field, ...operators } = { field: '', ...written }
      const apart = Object.entries(operators).map(([name, value]) => ({ field, [name]: value }))
      const together = compileCondition(written)(facts)
      const all: Condition = apart.length === 0 ? { field } : { all: apart }
      expect(together).toBe(compileCondition(all)(facts))
    }),
  )
})

test('notEquals is the opposite of equals', () => {
  fc.assert(
    fc.property(anyField, scalar, anyFacts, (field, value, facts) => {
      expect(compileCondition({ field, notEquals: value })(facts)).toBe(
        !compileCondition({ field, equals: value })(facts),
      )
    }),
  )
})
