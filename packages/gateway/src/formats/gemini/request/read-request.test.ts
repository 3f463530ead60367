import { isAppError } from '@ratchet/contract'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../parse-json.ts'
import { readRequest } from './read-request.ts'

const read = (body: JsonObject) => readRequest(body, { model: 'gemini-x', isStream: false })
const hello = { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }

function paramOf(body: JsonObject): unknown {
  try {
    read(body)
  } catch (error) {
    return isAppError(error) && error.code === 'validation_failed' ? error.details['param'] : error
  }
  return 'read'
}

test('model and streaming come from the path, system instruction and turns from the body', () => {
  const request = readRequest(
    { ...hello, systemInstruction: { parts: [{ text: 'Be short.' }] } },
    { model: 'gemini-x', isStream: true },
  )
  expect(request).toEqual({
    from: 'gemini',
    model: 'gemini-x',
    isStream: true,
    wantsUsage: true,
    tools: [],
    extra: {},
    messages: [
      { role: 'system', content: [{ kind: 'text', text: 'Be short.' }] },
      { role: 'user', content: [{ kind: 'text', text: 'Hello' }] },
    ],
  })
})

test('names in snake_case are read like those in camelCase', () => {
  const request = read({
    contents: [{ parts: [{ inline_data: { mime_type: 'image/png', data: 'AAAA' } }] }],
    system_instruction: { parts: { text: 'Be short.' } },
    generation_config: { max_output_tokens: 5, top_p: 0.5, stop_sequences: ['x'] },
    tools: [{ function_declarations: [{ name: 'f' }] }],
    tool_config: { function_calling_config: { mode: 'any', allowed_function_names: ['f'] } },
  })
  expect(request).toMatchObject({
    maxOutputTokens: 5,
    topP: 0.5,
    stop: ['x'],
    tools: [{ kind: 'function', name: 'f' }],
    toolChoice: { kind: 'tool', name: 'f' },
  })
  expect(request.messages[1]?.content).toEqual([
    { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
  ])
})

test('every setting of generationConfig has its place; what nobody knows stays in extra', () => {
  const request = read({
    ...hello,
    generationConfig: {
      temperature: 0,
      topP: 1,
      topK: 40,
      maxOutputTokens: 100,
      stopSequences: ['a', '\n'],
      candidateCount: 2,
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: -0.1,
      responseLogprobs: true,
      logprobs: 3,
      responseModalities: ['TEXT', 'IMAGE'],
      thinkingConfig: { includeThoughts: true, thinkingBudget: 512 },
      mediaResolution: 'MEDIA_RESOLUTION_LOW',
      imageConfig: { aspectRatio: '1:1' },
    },
    serviceTier: 'flex',
    safetySettings: [{ category: 'X', threshold: 'BLOCK_NONE' }],
    cachedContent: 'cachedContents/1',
    labels: { team: 'a' },
    toolConfig: { retrievalConfig: { languageCode: 'de' } },
  })
  expect(request).toMatchObject({
    temperature: 0,
    topP: 1,
    topK: 40,
    maxOutputTokens: 100,
    stop: ['a', '\n'],
    choices: 2,
    seed: 7,
    presencePenalty: 0.1,
    frequencyPenalty: -0.1,
    logprobs: { top: 3 },
    modalities: ['text', 'image'],
    reasoning: { budgetTokens: 512, isShown: true },
    serviceTier: 'flex',
  })
  expect(request.extra).toEqual({
    generationConfig: { mediaResolution: 'MEDIA_RESOLUTION_LOW', imageConfig: { aspectRatio: '1:1' } },
    toolConfig: { retrievalConfig: { languageCode: 'de' } },
    safetySettings: [{ category: 'X', threshold: 'BLOCK_NONE' }],
    cachedContent: 'cachedContents/1',
    labels: { team: 'a' },
  })
})

test.each([
  [{ thinkingBudget: 0 }, { effort: 'none' }],
  [{ thinkingBudget: -1 }, { isAdaptive: true }],
  [{ thinkingLevel: 'HIGH' }, { effort: 'high' }],
  [
    { thinkingLevel: 'minimal', includeThoughts: false },
    { effort: 'minimal', isShown: false },
  ],
  [{ includeThoughts: true }, { isShown: true }],
])('A4.21 thinking %j is read as %j', (thinkingConfig, reasoning) => {
  expect(read({ ...hello, generationConfig: { thinkingConfig } }).reasoning).toEqual(reasoning)
})

test('A4.20 structured output as JSON schema, as subset of OpenAPI, and as the newer responseFormat', () => {
  const schema = { type: 'object', properties: { a: { type: 'integer' } } }
  const shape = { kind: 'json-schema', name: 'response', schema }
  const responseMimeType = 'application/json'
  const output = (generationConfig: JsonObject) => read({ ...hello, generationConfig }).output
  expect(output({ responseMimeType, responseJsonSchema: schema })).toEqual(shape)
  const subset = { type: 'OBJECT', properties: { a: { type: 'INTEGER' } } }
  expect(output({ responseMimeType, responseSchema: subset })).toEqual(shape)
  const text = { mimeType: 'APPLICATION_JSON', schema }
  expect(output({ responseFormat: [{ text }] })).toEqual(shape)
  expect(output({ responseMimeType })).toEqual({ kind: 'json' })
  expect(output({ responseMimeType: 'text/plain' })).toEqual({ kind: 'text' })
  const word = { responseMimeType: 'text/x.enum', responseSchema: { type: 'STRING', enum: ['a'] } }
  expect(read({ ...hello, generationConfig: word })).not.toHaveProperty('output')
  expect(read({ ...hello, generationConfig: word }).extra).toEqual({ generationConfig: word })
})

test('functions become tools with JSON schema, Google’s own tools stay as they are', () => {
  const { tools } = read({
    ...hello,
    tools: [
      {
        functionDeclarations: [
          {
            name: 'a',
            description: 'A',
            parameters: { type: 'OBJECT', properties: { x: { type: 'STRING' } } },
          },
          { name: 'b', parametersJsonSchema: { $ref: '#/$defs/x' }, behavior: 'BLOCKING' },
        ],
        codeExecution: {},
      },
      { googleSearch: { timeRangeFilter: {} } },
    ],
  })
  expect(tools).toEqual([
    {
      kind: 'function',
      name: 'a',
      description: 'A',
      schema: { type: 'object', properties: { x: { type: 'string' } } },
    },
    { kind: 'function', name: 'b', schema: { $ref: '#/$defs/x' }, extra: { behavior: 'BLOCKING' } },
    { kind: 'provider', format: 'gemini', value: { codeExecution: {} } },
    { kind: 'provider', format: 'gemini', value: { googleSearch: { timeRangeFilter: {} } } },
  ])
})

test.each([
  [{ mode: 'AUTO' }, { kind: 'auto' }],
  [{ mode: 'NONE' }, { kind: 'none' }],
  [{ mode: 'ANY' }, { kind: 'required' }],
  [
    { mode: 'ANY', allowedFunctionNames: ['f'] },
    { kind: 'tool', name: 'f' },
  ],
  [
    { mode: 'ANY', allowedFunctionNames: ['f', 'g'] },
    { kind: 'allowed', mode: 'required', names: ['f', 'g'] },
  ],
  [
    { mode: 'VALIDATED', allowedFunctionNames: ['f'] },
    { kind: 'allowed', mode: 'auto', names: ['f'] },
  ],
  [{ mode: 'MODE_UNSPECIFIED' }, undefined],
])('A4.16 the mode %j is the choice %j', (functionCallingConfig, choice) => {
  const tools = [{ functionDeclarations: [{ name: 'f' }, { name: 'g' }] }]
  expect(read({ ...hello, tools, toolConfig: { functionCallingConfig } }).toolChoice).toEqual(choice)
})

test('VALIDATED asks for schemas to be kept to, which is what strict means elsewhere', () => {
  const tools = [{ functionDeclarations: [{ name: 'f' }] }]
  const request = read({ ...hello, tools, toolConfig: { functionCallingConfig: { mode: 'VALIDATED' } } })
  expect(request).toMatchObject({ tools: [{ name: 'f', isStrict: true }], toolChoice: { kind: 'auto' } })
})

test('A4.23 results without an id answer the oldest open call of their name', () => {
  const call = (name: string, id?: string) => ({
    functionCall: { name, args: { a: 1 }, ...(id ? { id } : {}) },
  })
  const { messages } = read({
    contents: [
      { role: 'user', parts: [{ text: 'Go' }] },
      { role: 'model', parts: [call('f'), call('g', 'own'), call('f')] },
      {
        role: 'user',
        parts: [
          { functionResponse: { name: 'f', response: { output: 'first' } } },
          { functionResponse: { name: 'f', response: { error: 'second' } } },
          { functionResponse: { id: 'own', name: 'g', response: { a: [1] } } },
          { text: 'And now?' },
        ],
      },
    ],
  })
  const ids = messages[1]?.content.map((part) => (part.kind === 'tool-call' ? part.id : ''))
  expect(new Set(ids).size).toBe(3)
  expect(messages.slice(2)).toEqual([
    {
      role: 'tool',
      content: [
        {
          kind: 'tool-result',
          callId: ids?.[0],
          name: 'f',
          content: [{ kind: 'text', text: 'first' }],
          isError: false,
        },
      ],
    },
    {
      role: 'tool',
      content: [
        {
          kind: 'tool-result',
          callId: ids?.[2],
          name: 'f',
          content: [{ kind: 'text', text: 'second' }],
          isError: true,
        },
      ],
    },
    {
      role: 'tool',
      content: [
        {
          kind: 'tool-result',
          callId: 'own',
          name: 'g',
          content: [{ kind: 'text', text: '{"a":[1]}' }],
          isError: false,
        },
      ],
    },
    { role: 'user', content: [{ kind: 'text', text: 'And now?' }] },
  ])
})

test('A4.22 signatures of thoughts, texts, calls and pictures are kept', () => {
  const { messages } = read({
    contents: [
      {
        role: 'model',
        parts: [
          { text: 'Hm', thought: true, thoughtSignature: 'c2ln+/=1' },
          { text: 'Yes', thoughtSignature: 'c2lnMg==' },
          { functionCall: { name: 'f', args: {} }, thoughtSignature: 'c2lnMw==' },
          { inlineData: { mimeType: 'image/png', data: 'AA==' }, thoughtSignature: 'c2lnNA==' },
        ],
      },
    ],
  })
  expect(messages[0]?.content).toMatchObject([
    { kind: 'reasoning', text: 'Hm', signature: 'c2ln+/=1', from: 'gemini' },
    { kind: 'text', text: 'Yes', signature: 'c2lnMg==' },
    { kind: 'tool-call', name: 'f', signature: 'c2lnMw==', from: 'gemini' },
    { kind: 'image', signature: 'c2lnNA==' },
  ])
})

test('A4.19 media: pictures, PDF, sound, film, addresses, and files of Google’s', () => {
  const files = 'https://generativelanguage.googleapis.com/v1beta/files/abc'
  const { messages } = read({
    contents: [
      {
        role: 'user',
        parts: [
          { inlineData: { mimeType: 'application/pdf', data: 'AA==', displayName: 'a.pdf' } },
          { inlineData: { mimeType: 'audio/wav', data: 'AA==' } },
          {
            fileData: { fileUri: 'https://example.com/a.mp4', mimeType: 'video/mp4' },
            videoMetadata: { fps: 1 },
          },
          { fileData: { fileUri: files, mimeType: 'image/png' } },
          { fileData: { fileUri: 'gs://bucket/a', mimeType: 'text/plain' } },
        ],
      },
    ],
  })
  expect(messages[0]?.content).toEqual([
    { kind: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: 'AA==' }, name: 'a.pdf' },
    { kind: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'AA==' } },
    {
      kind: 'video',
      source: { kind: 'url', url: 'https://example.com/a.mp4', mediaType: 'video/mp4' },
      extra: { videoMetadata: { fps: 1 } },
    },
    { kind: 'image', source: { kind: 'file-id', id: files, format: 'gemini', mediaType: 'image/png' } },
    {
      kind: 'file',
      source: { kind: 'file-id', id: 'gs://bucket/a', format: 'gemini', mediaType: 'text/plain' },
    },
  ])
})

test('parts that only Gemini has are passed on whole', () => {
  const parts = [
    { executableCode: { language: 'PYTHON', code: '1' } },
    { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } },
    { toolCall: { id: 'x', toolType: 'GOOGLE_SEARCH_WEB' }, thoughtSignature: 'c2ln' },
  ]
  const { messages } = read({ contents: [{ role: 'model', parts }] })
  expect(messages[0]?.content).toEqual(parts.map((value) => ({ kind: 'other', format: 'gemini', value })))
})

test('an empty turn of the model, which the SDK keeps for an empty answer, is left out', () => {
  const { messages } = read({
    contents: [...hello.contents, { role: 'model', parts: [] }, ...hello.contents],
  })
  expect(messages.map(({ role }) => role)).toEqual(['user', 'user'])
})

test.each([
  [{}, 'contents'],
  [{ contents: [] }, 'contents'],
  [{ contents: ['Hello'] }, 'contents[0]'],
  [{ contents: [{ role: 'assistant', parts: [{ text: 'a' }] }] }, 'contents[0].role'],
  [{ contents: [{ role: 'user', parts: 'a' }] }, 'contents[0].parts'],
  [{ contents: [{ role: 'user', parts: [{ text: 'a' }, 'b'] }] }, 'contents[0].parts[1]'],
  [{ ...hello, systemInstruction: 7 }, 'systemInstruction'],
  [
    { ...hello, tools: [{ functionDeclarations: [{ description: 'x' }] }] },
    'tools[0].functionDeclarations[0].name',
  ],
])('%j is refused with the name of the field', (body, param) => {
  expect(paramOf(body)).toBe(param)
})
