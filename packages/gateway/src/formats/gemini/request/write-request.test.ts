import { isAppError } from '@ratchet/contract'
import { expect, test } from 'vitest'
import type { ModelAbilities } from '../../../neutral/codec.ts'
import type { ContentPart } from '../../../neutral/content.ts'
import type { Message, NeutralRequest } from '../../../neutral/neutral-request.ts'
import { deepFreeze } from '../../../neutral/testing/deep-freeze.ts'
import { writeRequest } from './write-request.ts'

const user = (text: string): Message => ({ role: 'user', content: [{ kind: 'text', text }] })
const assistant = (...content: readonly ContentPart[]): Message => ({ role: 'assistant', content })

function ask(change: Partial<NeutralRequest>): NeutralRequest {
  return deepFreeze({
    from: 'openai-chat',
    model: 'x',
    messages: [user('Hello')],
    isStream: false,
    wantsUsage: false,
    tools: [],
    extra: {},
    ...change,
  })
}

function write(change: Partial<NeutralRequest>, abilities: ModelAbilities = {}, dropUnsupported = false) {
  return writeRequest(ask(change), { model: 'gemini-x', dropUnsupported, abilities })
}

function refusedParam(change: Partial<NeutralRequest>, abilities: ModelAbilities = {}): unknown {
  try {
    write(change, abilities)
  } catch (error) {
    return isAppError(error) && error.code === 'model_unsupported' ? error.details['param'] : error
  }
  return 'written'
}

test('A4.9 system and developer messages, also mid-conversation, keep their order and authority', () => {
  const { body } = write({
    messages: [
      { role: 'system', content: [{ kind: 'text', text: 'One', cache: {} }] },
      { role: 'developer', content: [{ kind: 'text', text: 'Two' }] },
      user('Hello'),
      { role: 'system', content: [{ kind: 'text', text: 'Three' }] },
      user('Again'),
    ],
  })
  expect(body).toEqual({
    systemInstruction: { parts: [{ text: 'One' }, { text: 'Two' }, { text: 'Three' }] },
    contents: [
      { role: 'user', parts: [{ text: 'Hello' }] },
      { role: 'user', parts: [{ text: 'Again' }] },
    ],
  })
})

test('instructions alone become a turn, because the format demands one', () => {
  const { body } = write({ messages: [{ role: 'system', content: [{ kind: 'text', text: 'One' }] }] })
  expect(body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'One' }] }] })
})

test('A4.14 text beside calls is kept, empty text is not sent', () => {
  const { body } = write({
    messages: [
      user('Hello'),
      assistant(
        { kind: 'text', text: 'Let me look.' },
        { kind: 'text', text: '' },
        { kind: 'tool-call', id: 'c1', name: 'look', arguments: '{"a":1}' },
      ),
      assistant({ kind: 'text', text: '' }),
    ],
  })
  expect(body['contents']).toEqual([
    { role: 'user', parts: [{ text: 'Hello' }] },
    {
      role: 'model',
      parts: [{ text: 'Let me look.' }, { functionCall: { id: 'c1', name: 'look', args: { a: 1 } } }],
    },
  ])
})

const results: readonly Message[] = [
  user('Go'),
  assistant(
    { kind: 'tool-call', id: 'c1', name: 'f', arguments: '' },
    { kind: 'tool-call', id: 'c2', name: 'g', arguments: '{}' },
  ),
  {
    role: 'tool',
    content: [
      { kind: 'tool-result', callId: 'c1', content: [{ kind: 'text', text: 'sunny' }], isError: false },
    ],
  },
  {
    role: 'tool',
    content: [
      { kind: 'tool-result', callId: 'c2', content: [{ kind: 'text', text: '{"a":[1]}' }], isError: false },
    ],
  },
  user('So?'),
]

test('A4.13 A4.23 results of one round are one turn, each with the name of its function', () => {
  const { body } = write({ messages: results })
  expect(body['contents']).toEqual([
    { role: 'user', parts: [{ text: 'Go' }] },
    {
      role: 'model',
      parts: [
        { functionCall: { id: 'c1', name: 'f', args: {} } },
        { functionCall: { id: 'c2', name: 'g', args: {} } },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { id: 'c1', name: 'f', response: { output: 'sunny' } } },
        { functionResponse: { id: 'c2', name: 'g', response: { a: [1] } } },
      ],
    },
    { role: 'user', parts: [{ text: 'So?' }] },
  ])
})

test('A4.23 ids that we made up are not sent, and a result of an unknown call is refused by name', () => {
  const id = 'gemini_call_r_0'
  const result: ContentPart = { kind: 'tool-result', callId: id, content: [], isError: true }
  const call: ContentPart = { kind: 'tool-call', id, name: 'f', arguments: '{}' }
  const { body } = write({ messages: [assistant(call), { role: 'tool', content: [result] }] })
  expect(body['contents']).toEqual([
    { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }] },
    { role: 'user', parts: [{ functionResponse: { name: 'f', response: { error: '' } } }] },
  ])
  expect(() => write({ messages: [{ role: 'tool', content: [result] }] })).toThrow(
    'messages[0] answers the call',
  )
})

test('the same id in two rounds means the call that came last', () => {
  const call = (name: string): Message => assistant({ kind: 'tool-call', id: 'c', name, arguments: '{}' })
  const result: Message = {
    role: 'tool',
    content: [{ kind: 'tool-result', callId: 'c', content: [], isError: false }],
  }
  const { body } = write({ messages: [call('f'), result, call('g'), result] })
  const contents = body['contents'] as { parts: { functionResponse?: { name: string } }[] }[]
  expect(contents.map(({ parts }) => parts[0]?.functionResponse?.name)).toEqual([
    undefined,
    'f',
    undefined,
    'g',
  ])
})

test.each(['', ' ', 'null', '{}'])('A4.15 the arguments %j are none', (text) => {
  const { body } = write({
    messages: [assistant({ kind: 'tool-call', id: 'c', name: 'f', arguments: text })],
  })
  expect(body['contents']).toEqual([
    { role: 'model', parts: [{ functionCall: { id: 'c', name: 'f', args: {} } }] },
  ])
})

test.each(['{"a":', '[1]', '"x"'])('A4.15 the arguments %j are refused with 400, not 500', (text) => {
  const messages = [assistant({ kind: 'tool-call', id: 'c', name: 'f', arguments: text })]
  expect(() => write({ messages })).toThrow('are no JSON object')
})

test('numbers that JSON cannot hold exactly go as text', () => {
  const text = '{"id":12345678901234567890}'
  const result: ContentPart = {
    kind: 'tool-result',
    callId: 'c',
    name: 'f',
    content: [{ kind: 'text', text }],
    isError: false,
  }
  const { body } = write({ messages: [{ role: 'tool', content: [result] }] })
  expect(JSON.stringify(body)).toContain(JSON.stringify({ output: text }))
})

test('A4.22 signatures go back byte for byte; those of other providers are never sent', () => {
  const { body } = write({
    messages: [
      assistant(
        { kind: 'reasoning', text: 'a', signature: 'ZZZ=', from: 'anthropic' },
        { kind: 'reasoning', text: 'b', signature: 'c2ln+/==', from: 'gemini' },
        { kind: 'text', text: 'c', signature: 'dGV4dA==' },
        { kind: 'tool-call', id: 'c', name: 'f', arguments: '{}', signature: 'Y2FsbA==', from: 'gemini' },
        { kind: 'tool-call', id: 'd', name: 'f', arguments: '{}', signature: 'ZZZ=', from: 'anthropic' },
      ),
    ],
  })
  expect(body['contents']).toEqual([
    {
      role: 'model',
      parts: [
        { text: 'b', thought: true, thoughtSignature: 'c2ln+/==' },
        { text: 'c', thoughtSignature: 'dGV4dA==' },
        { functionCall: { id: 'c', name: 'f', args: {} }, thoughtSignature: 'Y2FsbA==' },
        { functionCall: { id: 'd', name: 'f', args: {} } },
      ],
    },
  ])
})

test('A4.22 models that demand a signature accept calls of another provider by Google’s word for them', () => {
  const { body } = write({ messages: results }, { reasoning: 'level' })
  const contents = body['contents'] as { parts: { thoughtSignature?: string }[] }[]
  expect(contents[1]?.parts.map((part) => part.thoughtSignature)).toEqual([
    'skip_thought_signature_validator',
    undefined,
  ])
})

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

test('A4.19 media of every source; a picture in a result goes with it', () => {
  const image: ContentPart = {
    kind: 'image',
    source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' },
  }
  const { body } = write({
    messages: [
      {
        role: 'user',
        content: [
          image,
          { kind: 'image', source: { kind: 'url', url: 'https://example.com/a.webp?x=1' } },
          { kind: 'file', source: { kind: 'url', url: 'https://example.com/doc' } },
          { kind: 'file', source: { kind: 'text', text: 'plain', mediaType: 'text/plain' } },
          {
            kind: 'video',
            source: { kind: 'file-id', id: 'gs://b/v', format: 'gemini', mediaType: 'video/mp4' },
          },
        ],
      },
      {
        role: 'tool',
        content: [{ kind: 'tool-result', callId: 'c', name: 'f', content: [image], isError: false }],
      },
    ],
  })
  const inlineData = { mimeType: 'image/png', data: 'AA==' }
  expect(body['contents']).toEqual([
    {
      role: 'user',
      parts: [
        { inlineData },
        { fileData: { fileUri: 'https://example.com/a.webp?x=1', mimeType: 'image/webp' } },
        { fileData: { fileUri: 'https://example.com/doc', mimeType: 'application/pdf' } },
        { text: 'plain' },
        { fileData: { fileUri: 'gs://b/v', mimeType: 'video/mp4' } },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { id: 'c', name: 'f', response: { output: '' }, parts: [{ inlineData }] } },
      ],
    },
  ])
})

test('A4.19 a picture in a result stands beside it for models that want it so', () => {
  const image: ContentPart = {
    kind: 'image',
    source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' },
  }
  const result: ContentPart = {
    kind: 'tool-result',
    callId: 'c',
    name: 'f',
    content: [image],
    isError: false,
  }
  const { body } = write(
    { messages: [{ role: 'tool', content: [result] }] },
    { refusedFields: ['functionResponse.parts'] },
  )
  expect(body['contents']).toEqual([
    {
      role: 'user',
      parts: [
        { functionResponse: { id: 'c', name: 'f', response: { output: '' } } },
        { inlineData: { mimeType: 'image/png', data: 'AA==' } },
      ],
    },
  ])
})

test('files and tools of another provider are refused by name', () => {
  const file: ContentPart = { kind: 'file', source: { kind: 'file-id', id: 'file-1', format: 'openai-chat' } }
  const messages: Message[] = [{ role: 'user', content: [{ kind: 'text', text: 'a' }, file] }]
  expect(refusedParam({ messages })).toBe('messages[0].content[1]')
  const other: ContentPart = { kind: 'other', format: 'anthropic', value: { type: 'server_tool_use' } }
  expect(refusedParam({ messages: [assistant(other)] })).toBe('messages[0].content[0]')
  const tools = [{ kind: 'provider' as const, format: 'anthropic' as const, value: { type: 'web_search' } }]
  expect(refusedParam({ tools })).toBe('tools')
})

test('fields that Gemini knows by name pass from any format, others are told as dropped', () => {
  const { body, dropped } = write({ extra: { safetySettings: [1], cached_content: 'c', prediction: {} } })
  expect(body).toMatchObject({ safetySettings: [1], cached_content: 'c' })
  expect(body).not.toHaveProperty('prediction')
  expect(dropped).toEqual(['prediction'])
})
