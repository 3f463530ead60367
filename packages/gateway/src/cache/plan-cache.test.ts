import { cachePolicy, type CachePolicy } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { readCacheWishes } from './cache-headers.ts'
import { isKeepable, planCache, type CacheQuestion } from './plan-cache.ts'

const policyOf = (policy: Partial<CachePolicy> = {}) => cachePolicy.parse({ name: 'answers', ...policy })
const body = { model: 'support', messages: [{ role: 'user', content: 'How do I rinse the filter?' }] }

function plan(question: Partial<CacheQuestion> = {}, control?: string, ttl?: string) {
  return planCache({
    policy: policyOf(),
    wishes: readCacheWishes(control, ttl),
    caller: { keyId: 'key-1', user: '', app: '' },
    project: 'p1',
    environment: 'production',
    format: 'openai-chat',
    answerScope: '["support"]',
    body,
    ...question,
  })
}
const used = (...given: Parameters<typeof plan>) => {
  const made = plan(...given)
  if (made.kind === 'bypass') throw new Error(made.reason)
  return made
}
const reasonOf = (...given: Parameters<typeof plan>) => {
  const made = plan(...given)
  return made.kind === 'bypass' ? made.reason : 'used'
}

test('without wishes a request reads and keeps for as long as the policy says', () => {
  expect(used()).toMatchObject({
    mayRead: true,
    mayKeep: true,
    onlyIfCached: false,
    maxAgeMs: 3_600_000,
    similar: undefined,
  })
})

test('a client says how it wants the cache to be used', () => {
  expect(reasonOf({}, 'no-cache')).toBe('the client asked for it')
  expect(used({}, 'no-store')).toMatchObject({ mayRead: true, mayKeep: false })
  expect(used({}, 'Refresh')).toMatchObject({ mayRead: false, mayKeep: true })
  expect(used({}, 'only-if-cached')).toMatchObject({ mayRead: true, onlyIfCached: true })
  expect(reasonOf({}, 'refresh, no-store')).toBe('the client asked for it')
  expect(used({}, undefined, '60').maxAgeMs).toBe(60_000)
  expect(used({}, undefined, '999999').maxAgeMs).toBe(3_600_000)
})

test('answers meant for one user or app are not shared by requests that name none', () => {
  const policy = policyOf({ scope: 'user' })
  expect(reasonOf({ policy })).toBe('the request names no user')
  const keyOf = (user: string) => used({ policy, caller: { keyId: 'key-1', user, app: '' } }).key
  expect(keyOf('ana')).not.toBe(keyOf('ben'))
  expect(reasonOf({ policy: policyOf({ scope: 'app' }) })).toBe('the request names no app')
})

test('keys share answers only where the policy lets them', () => {
  const keyOf = (policy: CachePolicy, keyId: string) =>
    used({ policy, caller: { keyId, user: '', app: '' } }).key
  expect(keyOf(policyOf(), 'key-1')).toBe(keyOf(policyOf(), 'key-2'))
  const apart = policyOf({ scope: 'key' })
  expect(keyOf(apart, 'key-1')).not.toBe(keyOf(apart, 'key-2'))
})

test('answers that are meant to differ are not kept', () => {
  const strict = policyOf({ maxTemperature: 0.2 })
  expect(reasonOf({ policy: strict })).toBe('temperature 1 is above 0.2')
  expect(reasonOf({ policy: strict, body: { ...body, temperature: 0.2 } })).toBe('used')
  expect(reasonOf({ body: { ...body, temperature: 1.5 } })).toBe('temperature 1.5 is above 1')
  const gemini = { contents: [], generationConfig: { temperature: 2 } }
  expect(reasonOf({ format: 'gemini', body: gemini })).toBe('temperature 2 is above 1')
  expect(reasonOf({ policy: strict, format: 'openai-embeddings', body: { input: 'x' } })).toBe('used')
})

test('requests that change something are not answered from the cache', () => {
  expect(reasonOf({ body: { ...body, background: true } })).toBe('the answer is made in the background')
  expect(reasonOf({ body: { ...body, conversation: 'conv_1' } })).toBe('the request changes a conversation')
})

test('a body that parsers may read differently is not cached', () => {
  const text = '{"model":"a","messages":[{"content":"evil","content":"good"}]}'
  const given = { body: JSON.parse(text) as CacheQuestion['body'] }
  expect(reasonOf({ ...given, rawBody: Buffer.from(text) })).toBe('the body has a name twice')
  expect(reasonOf(given)).toBe('used')
  expect(reasonOf({ body: { ...body, seed: 2 ** 60 } })).toContain('numbers too large')
})

const semantic = policyOf({ mode: 'semantic' })
const similarOf = (given: Partial<CacheQuestion>) => used({ policy: semantic, ...given }).similar

test('questions are alike only when all else is equal', () => {
  const ask = (content: unknown, rest: object = {}) =>
    similarOf({ body: { ...body, messages: [{ role: 'user', content }], ...rest } })
  const first = ask('How do I rinse the filter?')
  expect(first?.question).toBe('How do I rinse the filter?')
  expect(ask('How is the filter rinsed?')?.partition).toBe(first?.partition)
  const others = [
    ask('x', { tools: [{ type: 'function' }] }),
    ask('x', { temperature: 0 }),
    ask('x', {
      messages: [
        { role: 'system', content: 'Be brief' },
        { role: 'user', content: 'x' },
      ],
    }),
    similarOf({ answerScope: '["other"]' }),
    similarOf({ project: 'p2' }),
    similarOf({ policy: { ...semantic, embeddingModel: 'openai/text-embedding-3-small' } }),
    similarOf({ environment: 'staging' }),
  ].map((similar) => similar?.partition)
  expect(new Set([first?.partition, undefined, ...others]).size).toBe(others.length + 2)
})

test('the last question is found in every format, and only when it is the user’s and text alone', () => {
  const questionOf = (format: string, given: CacheQuestion['body']) =>
    similarOf({ format, body: given })?.question
  const user = (content: unknown) => ({ role: 'user', content })
  expect(
    questionOf('openai-chat', {
      messages: [
        user([
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ]),
      ],
    }),
  ).toBe('a\nb')
  expect(questionOf('openai-responses', { input: 'a' })).toBe('a')
  expect(questionOf('openai-responses', { input: [user([{ type: 'input_text', text: 'a' }])] })).toBe('a')
  expect(questionOf('anthropic', { messages: [user('a')] })).toBe('a')
  expect(questionOf('gemini', { contents: [{ parts: [{ text: 'a' }] }] })).toBe('a')
  const image = { type: 'image_url', image_url: { url: 'https://x' } }
  expect(
    questionOf('openai-chat', { messages: [user([{ type: 'text', text: 'a' }, image])] }),
  ).toBeUndefined()
  expect(questionOf('openai-chat', { messages: [user('a'), { role: 'tool', content: 'x' }] })).toBeUndefined()
  expect(questionOf('openai-chat', { messages: [user('a'.repeat(9_000))] })).toBeUndefined()
  expect(
    questionOf('gemini', { contents: [{ role: 'user', parts: [{ functionResponse: {} }] }] }),
  ).toBeUndefined()
  expect(questionOf('openai-chat', { messages: [] })).toBeUndefined()
  expect(questionOf('constructor', { messages: [user('a')] })).toBeUndefined()
})

test('only whole answers that the model ended are kept', () => {
  expect(isKeepable(200, ['stop'])).toBe(true)
  expect(isKeepable(200, ['tool-calls', 'length'])).toBe(true)
  expect(isKeepable(200, [])).toBe(true)
  for (const finish of ['content-filter', 'refusal', 'pause', 'malformed-call', 'unknown'] as const) {
    expect(isKeepable(200, ['stop', finish])).toBe(false)
  }
  expect(isKeepable(500, ['stop'])).toBe(false)
})
