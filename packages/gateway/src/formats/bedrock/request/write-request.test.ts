import { expect, test } from 'vitest'
import type { ContentPart } from '../../../neutral/content.ts'
import type { Message, NeutralRequest } from '../../../neutral/neutral-request.ts'
import {
  call,
  exampleWriter,
  result,
  says,
  text,
  tool,
  type Setting,
} from '../../../neutral/testing/example-request.ts'
import { writeRequest } from './write-request.ts'

const example = exampleWriter(writeRequest)
const claude = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const write = (parts: Partial<NeutralRequest>, setting: Setting = {}) =>
  example.write(parts, { model: claude, ...setting })
const refused = (parts: Partial<NeutralRequest>, setting: Setting = {}) =>
  example.refused(parts, { model: claude, ...setting })

test('a request without wishes has messages only; the model stands in the path', () => {
  expect(write({}).body).toEqual({ messages: [{ role: 'user', content: [{ text: 'Hi' }] }] })
})

test('A4.9 system messages join with their cache points; later ones are told in the turn of the user', () => {
  const { body } = write({
    messages: [
      says('system', 'One.'),
      { role: 'developer', content: [{ kind: 'text', text: 'Two.', cache: { ttl: '1h' } }] },
      says('user', 'Hi'),
      says('system', 'Brief.'),
    ],
  })
  expect(body.system).toEqual([
    { text: 'One.' },
    { text: 'Two.' },
    { cachePoint: { type: 'default', ttl: '1h' } },
  ])
  expect(body.messages).toEqual([
    { role: 'user', content: [{ text: 'Hi' }, { text: '<system_message>\nBrief.\n</system_message>' }] },
  ])
})

test('A4.9 cache marks are left out for models without a cache', () => {
  const messages: Message[] = [{ role: 'user', content: [{ kind: 'text', text: 'Hi', cache: {} }] }]
  expect(write({ messages }).body.messages[0].content).toHaveLength(2)
  expect(write({ messages }, { model: 'amazon.nova-pro-v1:0' }).body.messages[0].content).toHaveLength(2)
  expect(write({ messages }, { model: 'meta.llama3-3-70b-instruct-v1:0' }).body.messages[0].content).toEqual([
    { text: 'Hi' },
  ])
})

test('A4.10 A4.11 A4.12 limits and sampling settings, clamped and without blank stop texts', () => {
  const { body, dropped } = write({
    maxOutputTokens: 9,
    temperature: 1.4,
    topP: 0.5,
    topK: 4,
    stop: ['\n', 'END'],
  })
  expect(body.inferenceConfig).toEqual({ maxTokens: 9, temperature: 1, topP: 0.5, stopSequences: ['END'] })
  expect(body.additionalModelRequestFields).toEqual({ top_k: 4 })
  expect(dropped).toEqual(['stop'])
})

test('A4.11 each maker has its own place for top_k, or none', () => {
  expect(write({ topK: 4 }, { model: 'amazon.nova-lite-v1:0' }).body.additionalModelRequestFields).toEqual({
    inferenceConfig: { topK: 4 },
  })
  expect(refused({ topK: 4 }, { model: 'meta.llama3-3-70b-instruct-v1:0' })).toEqual([
    'model_unsupported',
    'top_k',
  ])
})

test.each([
  ['n', { choices: 2 }],
  ['seed', { seed: 1 }],
  ['logprobs', { logprobs: { top: 2 } }],
  ['frequency_penalty', { frequencyPenalty: 0.5 }],
  ['parallel_tool_calls', { tools: [tool('f')], parallelToolCalls: false }],
  ['service_tier', { serviceTier: 'scale' }],
  ['temperature', { temperature: 0.2, reasoning: { effort: 'low' as const } }],
])('A4.11 %s is refused by name, or dropped where the caller allows', (param, parts) => {
  expect(refused(parts)).toEqual(['model_unsupported', param])
  expect(write(parts, { drop: true }).dropped).toEqual([param])
})

test('A4.13 A4.14 results join one turn, results first, cache points behind them; empty texts are left out', () => {
  const cached: Message = {
    role: 'tool',
    content: [
      { kind: 'tool-result', callId: 'b', isError: true, content: [{ kind: 'text', text: 'no' }], cache: {} },
    ],
  }
  const { body } = write({
    messages: [
      says('user', 'Hi'),
      { role: 'assistant', content: [text(''), text('Calling.'), call('a'), call('b', 'g', '{"x":1}')] },
      result('a', '1'),
      says('user', 'Hurry'),
      cached,
    ],
  })
  expect(body.messages[1].content).toEqual([
    { text: 'Calling.' },
    { toolUse: { toolUseId: 'a', name: 'f', input: {} } },
    { toolUse: { toolUseId: 'b', name: 'g', input: { x: 1 } } },
  ])
  expect(body.messages[2].content).toEqual([
    { toolResult: { toolUseId: 'a', content: [{ text: '1' }] } },
    { toolResult: { toolUseId: 'b', content: [{ text: 'no' }], status: 'error' } },
    { text: 'Hurry' },
    { cachePoint: { type: 'default' } },
  ])
})

test('A4.14 a history with calls names their tools even when the request has none', () => {
  const messages = [
    says('user', 'Hi'),
    { role: 'assistant', content: [call('a')] } as Message,
    result('a', '1'),
  ]
  const { body } = write({ messages })
  expect(body.toolConfig).toEqual({
    tools: [{ toolSpec: { name: 'f', inputSchema: { json: { type: 'object', properties: {} } } } }],
  })
})

test('A4.15 arguments of nothing are {}, broken ones a 400 that names the message', () => {
  const asks = (args: string): Partial<NeutralRequest> => ({
    messages: [says('user', 'Hi'), { role: 'assistant', content: [call('a', 'f', args)] }, result('a', '1')],
  })
  expect(write(asks('')).body.messages[1].content[0].toolUse.input).toEqual({})
  expect(refused(asks('{"a":'))).toEqual(['validation_failed', 'messages[1].content'])
})

test('A4.16 tool choices; none takes the tools away', () => {
  const tools = [tool('f'), tool('g')]
  const choice = (toolChoice: NeutralRequest['toolChoice']) =>
    write({ tools, ...(toolChoice ? { toolChoice } : {}) }).body.toolConfig?.toolChoice
  expect(choice(undefined)).toBeUndefined()
  expect(choice({ kind: 'auto' })).toEqual({ auto: {} })
  expect(choice({ kind: 'required' })).toEqual({ any: {} })
  expect(choice({ kind: 'tool', name: 'g' })).toEqual({ tool: { name: 'g' } })
  expect(write({ tools, toolChoice: { kind: 'none' } }).body).not.toHaveProperty('toolConfig')
  const allowed = write({ tools, toolChoice: { kind: 'allowed', mode: 'required', names: ['g'] } }).body
    .toolConfig
  expect(allowed).toMatchObject({ tools: [{ toolSpec: { name: 'g' } }], toolChoice: { any: {} } })
})

test('A4.17 schemas are kept, closed for strict tools, and never changed', () => {
  const schema = { type: 'object', properties: { a: { type: 'string', minLength: 2 } } }
  const strict = { kind: 'function', name: 'f', description: '', schema, isStrict: true, cache: {} } as const
  expect(write({ tools: [strict] }).body.toolConfig.tools).toEqual([
    { toolSpec: { name: 'f', inputSchema: { json: schema } } },
    { cachePoint: { type: 'default' } },
  ])
  const [closed] = write({ tools: [strict] }, { abilities: { structuredOutput: true } }).body.toolConfig.tools
  expect(closed.toolSpec).toMatchObject({
    strict: true,
    inputSchema: { json: { additionalProperties: false } },
  })
})

test('A4.18 names of tools and ids of calls become legal, in every place alike', () => {
  const long = `search.${'x'.repeat(80)}`
  const id = `call:${'9'.repeat(80)}`
  const { body, toolNames } = write({
    tools: [tool(long)],
    toolChoice: { kind: 'tool', name: long },
    messages: [says('user', 'Hi'), { role: 'assistant', content: [call(id, long)] }, result(id, '1')],
  })
  const { name } = body.toolConfig.tools[0].toolSpec
  const { toolUse } = body.messages[1].content[0]
  expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
  expect([body.toolConfig.toolChoice.tool.name, toolUse.name, toolNames?.get(name)]).toEqual([
    name,
    name,
    long,
  ])
  expect(toolUse.toolUseId).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
  expect(body.messages[2].content[0].toolResult.toolUseId).toBe(toolUse.toolUseId)
})

test('A4.19 images, documents, films and sounds, also within results', () => {
  const image = { kind: 'image', source: { kind: 'base64', mediaType: 'image/jpg', data: 'AA==' } } as const
  const pdf = { kind: 'base64', mediaType: 'application/pdf', data: 'AA==' } as const
  const { body } = write({
    messages: [
      {
        role: 'user',
        content: [
          image,
          { kind: 'file', name: 'Q3 report_final.pdf', source: pdf },
          { kind: 'file', name: 'Q3 report_final.pdf', source: pdf },
          { kind: 'file', source: { kind: 'text', text: 'Plain', mediaType: 'text/plain' } },
          { kind: 'video', source: { kind: 'url', url: 's3://bucket/a.mp4' } },
          { kind: 'audio', source: { kind: 'base64', mediaType: 'audio/mpeg', data: 'AA==' } },
        ],
      },
      { role: 'assistant', content: [call('a')] },
      { role: 'tool', content: [{ kind: 'tool-result', callId: 'a', isError: false, content: [image] }] },
    ],
  })
  const jpeg = { image: { format: 'jpeg', source: { bytes: 'AA==' } } }
  expect(body.messages[0].content).toEqual([
    jpeg,
    { document: { format: 'pdf', name: 'Q3 report-final', source: { bytes: 'AA==' } } },
    { document: { format: 'pdf', name: 'Q3 report-final-2', source: { bytes: 'AA==' } } },
    { document: { format: 'txt', name: 'document', source: { text: 'Plain' } } },
    { video: { format: 'mp4', source: { s3Location: { uri: 's3://bucket/a.mp4' } } } },
    { audio: { format: 'mp3', source: { bytes: 'AA==' } } },
  ])
  expect(body.messages[2].content[0].toolResult.content).toEqual([jpeg])
})

test('A4.19 addresses, stored files and unknown kinds are refused by name, or dropped', () => {
  const parts: ContentPart[] = [
    { kind: 'image', source: { kind: 'url', url: 'https://x/a.png' } },
    { kind: 'file', source: { kind: 'file-id', id: 'file-1', format: 'anthropic' } },
    { kind: 'image', source: { kind: 'base64', mediaType: 'image/tiff', data: 'AA==' } },
  ]
  for (const part of parts) {
    const messages: Message[] = [{ role: 'user', content: [part, text('What is it?')] }]
    expect(refused({ messages })).toEqual(['model_unsupported', 'messages[0].content'])
    expect(write({ messages }, { drop: true }).body.messages[0].content).toEqual([{ text: 'What is it?' }])
  }
})

const output = { kind: 'json-schema', name: 'my city', schema: { type: 'object', properties: {} } } as const

test('A4.20 a schema goes as text to models that enforce one; others call a tool with the answer', () => {
  const native = write({ output }, { abilities: { structuredOutput: true } }).body.outputConfig.textFormat
  expect(native.structure.jsonSchema.name).toBe('my_city')
  expect(JSON.parse(native.structure.jsonSchema.schema)).toMatchObject({ additionalProperties: false })
  const { toolConfig } = write({ output }).body
  expect(toolConfig).toMatchObject({
    tools: [{ toolSpec: { name: 'structured_answer', inputSchema: { json: output.schema } } }],
    toolChoice: { tool: { name: 'structured_answer' } },
  })
  expect(write({ output, tools: [tool('f')] }).body.toolConfig.toolChoice).toEqual({ any: {} })
  expect(write({ output: { kind: 'json' } }).body.system[0].text).toContain('JSON object')
})

test('A4.21 Claude thinks with a budget below its limit, or with an effort', () => {
  const budget = write({ reasoning: { effort: 'low' } }, { abilities: { reasoning: 'budget' } }).body
  expect(budget.additionalModelRequestFields.thinking).toEqual({ type: 'enabled', budget_tokens: 2048 })
  expect(budget.inferenceConfig.maxTokens).toBeGreaterThan(2048)
  const adaptive = write({ reasoning: { effort: 'high' } }, { abilities: { reasoning: 'adaptive' } }).body
  expect(adaptive).toMatchObject({
    additionalModelRequestFields: { thinking: { type: 'adaptive' } },
    outputConfig: { effort: 'high' },
  })
  expect(adaptive).not.toHaveProperty('inferenceConfig')
})

test('A4.21 other makers take an effort in their own field', () => {
  const fields = (model: string, effort: 'none' | 'xhigh') => {
    const { body } = write({ reasoning: { effort } }, { model })
    return [body.additionalModelRequestFields, body.outputConfig]
  }
  expect(fields('amazon.nova-2-lite-v1:0', 'xhigh')).toEqual([
    { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } },
    undefined,
  ])
  expect(fields('amazon.nova-2-lite-v1:0', 'none')[0]).toEqual({ reasoningConfig: { type: 'disabled' } })
  expect(fields('openai.gpt-oss-120b-1:0', 'xhigh')[0]).toEqual({ reasoning_effort: 'high' })
  expect(fields('deepseek.v3-v1:0', 'xhigh')).toEqual([undefined, { effort: 'high' }])
  const abilities = { reasoning: 'none' } as const
  expect(refused({ reasoning: { effort: 'low' } }, { model: 'meta.llama3', abilities })[1]).toBe(
    'reasoning_effort',
  )
})

test('A4.21 with a budget, results of calls whose thoughts are gone are answered without thinking', () => {
  const messages = [
    says('user', 'Hi'),
    { role: 'assistant', content: [call('a')] } as Message,
    result('a', '1'),
  ]
  const setting = { abilities: { reasoning: 'budget' } } as const
  const { body, dropped } = write({ messages, reasoning: { effort: 'low' } }, setting)
  expect([body.additionalModelRequestFields, dropped]).toEqual([undefined, ['reasoning_effort']])
})

test("A4.22 Bedrock's own thoughts are kept byte for byte, those of others stripped", () => {
  const { body } = write({
    messages: [
      says('user', 'Hi'),
      {
        role: 'assistant',
        content: [
          { kind: 'reasoning', text: 'Hm', signature: 'EqQB+/==', from: 'bedrock' },
          { kind: 'reasoning', text: '', encrypted: 'AAECAw==', isRedacted: true, from: 'bedrock' },
          { kind: 'reasoning', text: 'Elsewhere', signature: 'c2ln', from: 'anthropic' },
          { kind: 'reasoning', text: 'No proof', from: 'bedrock' },
          text('Yes'),
        ],
      },
    ],
  })
  expect(body.messages[1].content).toEqual([
    { reasoningContent: { reasoningText: { text: 'Hm', signature: 'EqQB+/==' } } },
    { reasoningContent: { redactedContent: 'AAECAw==' } },
    { text: 'Yes' },
  ])
})

test('fields of Converse that clients send along are passed on, others named as left out', () => {
  const { body, dropped } = write({
    topK: 3,
    extra: {
      guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1' },
      additionalModelRequestFields: { anthropic_beta: ['x'] },
      verbosity: 'low',
    },
  })
  expect(body).toMatchObject({
    guardrailConfig: { guardrailIdentifier: 'g' },
    additionalModelRequestFields: { top_k: 3, anthropic_beta: ['x'] },
  })
  expect(dropped).toEqual(['verbosity'])
})

test('A4.24 a stored answer is an explicit 400', () => {
  expect(refused({ previousResponseId: 'resp_1' }, { drop: true })).toEqual([
    'model_unsupported',
    'previous_response_id',
  ])
})
