import { cascadeCheck, type CascadeCheck } from '@ratchet/contract'
import { expect, test } from 'vitest'
import type { JsonObject } from '../formats/parse-json.ts'
import type { ContentPart } from '../neutral/content.ts'
import type { FinishReason, NeutralAnswer } from '../neutral/neutral-answer.ts'
import { checkAnswer, meanProbability, needsLogprobs, type CheckParts } from './cascade-checks.ts'
import { isRefusal } from './is-refusal.ts'

type Given = { finish?: FinishReason; logprobs?: JsonObject; parts?: readonly ContentPart[] }

function answer(text: string, { finish = 'stop', logprobs, parts }: Given = {}): NeutralAnswer {
  const choice = {
    index: 0,
    parts: parts ?? [{ kind: 'text' as const, text }],
    finish,
    finishRaw: finish,
    ...(logprobs === undefined ? {} : { logprobs }),
  }
  return { id: 'a', model: 'gpt', createdS: 0, choices: [choice] }
}
const call: ContentPart = { kind: 'tool-call', id: 'c', name: 'search', arguments: '{}' }

function check(written: object, given: NeutralAnswer, parts: Partial<CheckParts> = {}) {
  const checks: CascadeCheck[] = [cascadeCheck.parse(written)]
  return checkAnswer(checks, given, {
    output: undefined,
    findSchemaProblem: () => undefined,
    judge: () => Promise.resolve(1),
    ...parts,
  })
}
const reasonOf = async (...given: Parameters<typeof check>) => {
  const verdict = await check(...given)
  return verdict.passed ? 'passed' : verdict.reason
}

test('an answer that must be JSON is, and fits the schema', async () => {
  const schema = { type: 'object', required: ['city'] }
  const output = { kind: 'json-schema' as const, name: 'place', schema }
  const findSchemaProblem: CheckParts['findSchemaProblem'] = (given, value) => {
    expect(given).toBe(schema)
    return typeof value === 'object' && value !== null && 'city' in value ? undefined : '"city" is missing'
  }
  const parts = { output, findSchemaProblem }
  expect(await reasonOf({ type: 'schema' }, answer('{"city":"Bern"}'), parts)).toBe('passed')
  expect(await reasonOf({ type: 'schema' }, answer('{"town":"Bern"}'), parts)).toBe(
    'the answer does not fit the schema: "city" is missing',
  )
  expect(await reasonOf({ type: 'schema' }, answer('Bern'), parts)).toBe('the answer is not JSON')
  expect(await reasonOf({ type: 'schema' }, answer('Bern'), { output: { kind: 'json' } })).toBe(
    'the answer is not JSON',
  )
  expect(await reasonOf({ type: 'schema' }, answer('Bern'))).toBe('passed')
})

test('refusals are told by the provider or by their words', async () => {
  const refusal = { type: 'refusal' }
  expect(await reasonOf(refusal, answer('', { finish: 'content-filter' }))).toBe('the model refused')
  expect(await reasonOf(refusal, answer('', { parts: [{ kind: 'refusal', text: 'No.' }] }))).toBe(
    'the model refused',
  )
  expect(await reasonOf(refusal, answer("I'm sorry, but I can't help with that."))).toBe(
    'the answer reads like a refusal',
  )
  expect(await reasonOf(refusal, answer('I could not find this in the documents.'))).toBe(
    'the answer says that it does not know',
  )
  expect(await reasonOf(refusal, answer('Rinse the filter once a month.'))).toBe('passed')
})

test.each([
  "I’m sorry, but I can't assist with that request.",
  'I cannot provide instructions for that.',
  "I'm unable to help with this.",
  'Unfortunately, I cannot create that image.',
  'I must decline.',
  'That would go against my guidelines.',
])('"%s" is a refusal', (text) => {
  expect(isRefusal(text)).toBe(true)
})

test.each([
  "If the pump can't start, check the fuse.",
  'You cannot open the lid while it runs.',
  'I can help with that: open the lid first.',
  'The user wrote: I cannot log in. Reset the password.',
  `${'Rinse the filter. '.repeat(5)}I cannot say more.`,
  '',
])('"%s" is none', (text) => {
  expect(isRefusal(text)).toBe(false)
})

test('length is counted in characters, not in code units', async () => {
  const short = { type: 'min-length', characters: 3 }
  expect(await reasonOf(short, answer(' 👍👍 '))).toBe('2 characters, fewer than 3')
  expect(await reasonOf(short, answer('abc'))).toBe('passed')
})

const logprobs = (...values: number[]) => ({ content: values.map((logprob) => ({ token: 'x', logprob })) })

test('confidence is the mean probability of the tokens, and without logprobs it is not given', async () => {
  const confident = { type: 'confidence', minimum: 0.7 }
  expect(meanProbability(logprobs(Math.log(0.5), Math.log(1)))).toBeCloseTo(0.75)
  expect(await reasonOf(confident, answer('x', { logprobs: logprobs(Math.log(0.5), Math.log(1)) }))).toBe(
    'passed',
  )
  expect(await reasonOf(confident, answer('x', { logprobs: logprobs(Math.log(0.5)) }))).toBe(
    'confidence 0.500 is below 0.7',
  )
  expect(await reasonOf(confident, answer('x'))).toBe('the provider gave no logprobs to tell confidence by')
  expect(meanProbability({ content: [{ logprob: 'high' }] })).toBeUndefined()
})

const judgeCheck = { type: 'judge', model: 'openai/gpt', prompt: 'Good?', minimum: 0.6 } as const

test('a judge is asked about the text, and one that gives no number passes nothing', async () => {
  const judged = (score: number | undefined) =>
    reasonOf(judgeCheck, answer('Bern'), {
      judge: (given, text) => {
        expect([given.model, text]).toEqual(['openai/gpt', 'Bern'])
        return Promise.resolve(score)
      },
    })
  expect(await judged(0.6)).toBe('passed')
  expect(await judged(0.2)).toBe('judge openai/gpt: 0.2 is below 0.6')
  expect(await judged(undefined)).toBe('judge openai/gpt gave no number')
  expect(await judged(Number.NaN)).toBe('judge openai/gpt gave no number')
})

test('a judge is not asked about an answer that fails a cheaper check, wherever it stands', async () => {
  let asked = 0
  const judge = () => {
    asked += 1
    return Promise.resolve(1)
  }
  const checks: CascadeCheck[] = [judgeCheck, { type: 'min-length', characters: 100 }]
  const verdict = await checkAnswer(checks, answer('short'), {
    output: undefined,
    findSchemaProblem: () => undefined,
    judge,
  })
  expect(verdict.passed).toBe(false)
  expect(asked).toBe(0)
})

test('calls of tools are an answer', async () => {
  const calling = answer('', { parts: [call], finish: 'tool-calls' })
  for (const written of [
    { type: 'min-length', characters: 10 },
    { type: 'confidence', minimum: 0.9 },
    { type: 'refusal' },
    judgeCheck,
  ]) {
    expect(await reasonOf(written, calling, { judge: () => Promise.resolve(0) })).toBe('passed')
  }
})

test('all choices are looked at, and an answer without any passes nothing', async () => {
  const { choices, ...rest } = answer('long enough')
  const second = answer('x').choices
  const both = { ...rest, choices: [...choices, ...second] }
  expect(await reasonOf({ type: 'min-length', characters: 5 }, both)).toBe('1 characters, fewer than 5')
  expect(await reasonOf({ type: 'refusal' }, { ...rest, choices: [] })).toBe('the answer is empty')
})

test('logprobs are asked for only when a check needs them', () => {
  expect(needsLogprobs([{ type: 'confidence', minimum: 0.5 }])).toBe(true)
  expect(needsLogprobs([{ type: 'refusal' }])).toBe(false)
})
