import { expect, test } from 'vitest'
import type { NeutralRequest } from '../../../neutral/neutral-request.ts'
import { assistant, refusedParam, write } from '../testing/write-example.ts'

const wild = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { a: { $ref: '#/$defs/node' }, b: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
  additionalProperties: false,
  $defs: { node: { type: ['integer', 'null'] } },
}

test('A4.17 schemas keep $defs, anyOf, additionalProperties and nullable, and are never changed', () => {
  const tools = [{ kind: 'function' as const, name: 'f', description: 'F', schema: wild }]
  const output = { kind: 'json-schema' as const, name: 'r', schema: wild }
  const { body } = write({ tools, output })
  const { $schema: _, ...expected } = wild
  expect(body['tools']).toEqual([
    { functionDeclarations: [{ name: 'f', description: 'F', parametersJsonSchema: expected }] },
  ])
  expect(body['generationConfig']).toEqual({
    responseMimeType: 'application/json',
    responseJsonSchema: expected,
  })
})

test('A4.17 A4.20 models without JSON schema get the older subset', () => {
  const refusedFields = ['parametersJsonSchema', 'responseJsonSchema']
  const tools = [
    { kind: 'function' as const, name: 'f', schema: wild },
    { kind: 'function' as const, name: 'g', schema: { type: 'object', properties: {} } },
  ]
  const { body } = write(
    { tools, output: { kind: 'json-schema', name: 'r', schema: wild } },
    { refusedFields },
  )
  const subset = {
    type: 'OBJECT',
    properties: { a: { type: 'INTEGER', nullable: true }, b: { type: 'STRING', nullable: true } },
  }
  expect(body['tools']).toEqual([
    { functionDeclarations: [{ name: 'f', parameters: subset }, { name: 'g' }] },
  ])
  expect(body['generationConfig']).toEqual({ responseMimeType: 'application/json', responseSchema: subset })
})

test('A4.18 illegal names are written legally everywhere and told back', () => {
  const name = '1.weather/of the city'
  const written = write({
    tools: [{ kind: 'function', name }],
    toolChoice: { kind: 'tool', name },
    messages: [
      assistant({ kind: 'tool-call', id: 'c', name, arguments: '{}' }),
      { role: 'tool', content: [{ kind: 'tool-result', callId: 'c', content: [], isError: false }] },
    ],
  })
  const [[legal, original] = []] = written.toolNames ?? []
  expect(original).toBe(name)
  expect(legal).toMatch(/^[A-Za-z_][A-Za-z0-9_.:-]{0,127}$/)
  expect(JSON.stringify(written.body).split(JSON.stringify(legal)).length - 1).toBe(4)
})

test.each([
  [{ kind: 'auto' }, { mode: 'AUTO' }],
  [{ kind: 'none' }, { mode: 'NONE' }],
  [{ kind: 'required' }, { mode: 'ANY' }],
  [
    { kind: 'tool', name: 'f' },
    { mode: 'ANY', allowedFunctionNames: ['f'] },
  ],
  [
    { kind: 'allowed', mode: 'required', names: ['f'] },
    { mode: 'ANY', allowedFunctionNames: ['f'] },
  ],
  [
    { kind: 'allowed', mode: 'auto', names: ['f'] },
    { mode: 'VALIDATED', allowedFunctionNames: ['f'] },
  ],
] as const)('A4.16 the choice %j is the mode %j', (toolChoice, functionCallingConfig) => {
  const { body } = write({ tools: [{ kind: 'function', name: 'f' }], toolChoice })
  expect(body['toolConfig']).toEqual({ functionCallingConfig })
})

test('A4.16 strict functions are VALIDATED; a ban on parallel calls cannot be said', () => {
  const tools = [{ kind: 'function' as const, name: 'f', isStrict: true }]
  expect(write({ tools }).body['toolConfig']).toEqual({ functionCallingConfig: { mode: 'VALIDATED' } })
  expect(refusedParam({ tools, parallelToolCalls: false })).toBe('parallel_tool_calls')
  expect(refusedParam({ tools, parallelToolCalls: true })).toBe('written')
  const forced = { kind: 'tool' as const, name: 'f' }
  expect(refusedParam({ tools, parallelToolCalls: false, toolChoice: forced })).toBe('written')
  expect(refusedParam({ parallelToolCalls: false })).toBe('written')
})

test('A4.11 what Gemini lacks is refused by name, or dropped by name when allowed', () => {
  expect(refusedParam({ logitBias: { '5': 1 } })).toBe('logit_bias')
  expect(refusedParam({ temperature: 0.5 }, { sampling: false })).toBe('temperature')
  expect(refusedParam({ temperature: 1, topP: 1 }, { sampling: false })).toBe('written')
  expect(refusedParam({ seed: 1 }, { refusedFields: ['seed'] })).toBe('seed')
  expect(refusedParam({ output: { kind: 'json' } }, { structuredOutput: false })).toBe('response_format')
  const { body, dropped } = write({ logitBias: { '5': 1 }, seed: 1 }, { refusedFields: ['seed'] }, true)
  expect(dropped).toEqual(['logit_bias', 'seed'])
  expect(body).not.toHaveProperty('generationConfig')
})

test('A4.11 what changes nothing is dropped without a word', () => {
  const { body, dropped } = write({
    choices: 1,
    user: 'u',
    metadata: { a: 'b' },
    store: false,
    serviceTier: 'auto',
    extra: { prompt_cache_key: 'k', include: [] },
  })
  expect(body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] })
  expect(dropped).toEqual([])
})

test('A4.24 a stored conversation is an explicit 400, also when dropping is allowed', () => {
  expect(refusedParam({ previousResponseId: 'resp_1' })).toBe('previous_response_id')
  expect(() => write({ previousResponseId: 'resp_1' }, {}, true)).toThrow('Send the whole conversation')
  expect(refusedParam({ store: true })).toBe('store')
})

test('settings have their names in generationConfig', () => {
  const { body } = write({
    temperature: 0,
    topP: 0.9,
    topK: 5,
    maxOutputTokens: 9,
    stop: ['a', ' '],
    choices: 3,
    seed: 1,
    presencePenalty: 1,
    frequencyPenalty: 2,
    logprobs: { top: 2 },
    modalities: ['text', 'audio'],
    serviceTier: 'default',
  })
  expect(body['serviceTier']).toBe('standard')
  expect(body['generationConfig']).toEqual({
    temperature: 0,
    topP: 0.9,
    topK: 5,
    maxOutputTokens: 9,
    stopSequences: ['a', ' '],
    candidateCount: 3,
    seed: 1,
    presencePenalty: 1,
    frequencyPenalty: 2,
    responseLogprobs: true,
    logprobs: 2,
    responseModalities: ['TEXT', 'AUDIO'],
  })
})

test.each([
  [{ effort: 'high' }, 'level', { thinkingLevel: 'HIGH' }],
  [{ effort: 'none' }, 'level', { thinkingLevel: 'MINIMAL' }],
  [{ budgetTokens: 3000 }, 'level', { thinkingLevel: 'MEDIUM' }],
  [{ effort: 'medium' }, 'budget', { thinkingBudget: 8192 }],
  [{ effort: 'none' }, 'budget', { thinkingBudget: 0 }],
  [{ isAdaptive: true, isShown: true }, 'budget', { thinkingBudget: -1, includeThoughts: true }],
  [{ isAdaptive: true }, 'level', undefined],
  [{ budgetTokens: 700 }, 'budget', { thinkingBudget: 700 }],
] as const)('A4.21 thinking %j for a model that knows a %s is %j', (reasoning, ability, expected) => {
  const { body } = write({ reasoning }, { reasoning: ability })
  expect(body['generationConfig']).toEqual(expected === undefined ? undefined : { thinkingConfig: expected })
})

test('A4.21 a budget leaves room for the answer', () => {
  const budget = (reasoning: NeutralRequest['reasoning'], maxOutputTokens: number) =>
    write({ ...(reasoning ? { reasoning } : {}), maxOutputTokens }, { reasoning: 'budget' }).body
  expect(budget({ budgetTokens: 5000 }, 2000)).toMatchObject({
    generationConfig: { thinkingConfig: { thinkingBudget: 1999 } },
  })
  expect(budget({ effort: 'high' }, 2000)).toMatchObject({
    generationConfig: { thinkingConfig: { thinkingBudget: 1000 } },
  })
})

test('A4.21 thinking is refused by a model without it, unless none was asked for', () => {
  expect(refusedParam({ reasoning: { effort: 'low' } }, { reasoning: 'none' })).toBe('reasoning_effort')
  expect(refusedParam({ reasoning: { effort: 'none' } }, { reasoning: 'none' })).toBe('written')
})

test('fields that Gemini knows by name pass from any format, others are told as dropped', () => {
  const { body, dropped } = write({ extra: { safetySettings: [1], cached_content: 'c', prediction: {} } })
  expect(body).toMatchObject({ safetySettings: [1], cached_content: 'c' })
  expect(body).not.toHaveProperty('prediction')
  expect(dropped).toEqual(['prediction'])
})
