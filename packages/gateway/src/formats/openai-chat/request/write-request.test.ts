import { expect, test } from 'vitest'
import type { ContentPart, MediaPart } from '../../../neutral/content.ts'
import { call, exampleWriter, result, says, text, tool } from '../../../neutral/testing/example-request.ts'
import { writeRequest } from './write-request.ts'

const { write, refused } = exampleWriter(writeRequest)
const image: MediaPart = { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } }
const thought: ContentPart = { kind: 'reasoning', text: 'Hm', signature: 's', from: 'anthropic' }

test('A4.9 developer messages become system messages where the provider knows no other', () => {
  const messages = [says('system', 'A'), says('developer', 'B'), says('user', 'C'), says('system', 'D')]
  expect(write({ messages }).body.messages).toEqual([
    { role: 'system', content: 'A' },
    { role: 'developer', content: 'B' },
    { role: 'user', content: 'C' },
    { role: 'system', content: 'D' },
  ])
  const roles = write({ messages }, { abilities: { developerRole: false } }).body.messages
  expect(roles[1]).toEqual({ role: 'system', content: 'B' })
})

test('A4.9 cache marks stay for chat clients, and go elsewhere only where the provider takes them', () => {
  const messages = [
    { role: 'user' as const, content: [{ kind: 'text' as const, text: 'A', cache: { ttl: '1h' as const } }] },
  ]
  const marked = { type: 'text', text: 'A', cache_control: { type: 'ephemeral', ttl: '1h' } }
  expect(write({ messages }).body.messages[0].content).toEqual([marked])
  expect(write({ messages, from: 'anthropic' }).body.messages[0].content).toBe('A')
  const openRouter = { abilities: { cacheMarks: 'cache_control' as const } }
  expect(write({ messages, from: 'anthropic' }, openRouter).body.messages[0].content).toEqual([marked])
  const openAi = { abilities: { cacheMarks: 'prompt_cache_breakpoint' as const } }
  expect(write({ messages }, openAi).body.messages[0].content).toEqual([
    { type: 'text', text: 'A', prompt_cache_breakpoint: { mode: 'explicit' } },
  ])
})

test('A4.10 the limit has the name that the provider knows', () => {
  expect(write({ maxOutputTokens: 5 }).body).toMatchObject({ max_completion_tokens: 5 })
  const old = write({ maxOutputTokens: 5 }, { abilities: { maxTokensField: 'max_tokens' } })
  expect(old.body).toMatchObject({ max_tokens: 5 })
  expect(old.body).not.toHaveProperty('max_completion_tokens')
})

test('A4.11 fields that the provider refuses are named, or dropped when that is allowed', () => {
  const abilities = { refusedFields: ['seed', 'logit_bias', 'user', 'n', 'top_k'] }
  const parts = { seed: 1, logitBias: { '5': 1 }, user: 'ada', choices: 1, topK: 3 }
  expect(refused({ seed: 1 }, { abilities })).toEqual(['model_unsupported', 'seed'])
  const { body, dropped } = write(parts, { abilities, drop: true })
  expect(dropped).toEqual(['seed', 'logit_bias', 'top_k'])
  expect(Object.keys(body)).toEqual(['model', 'messages'])
  expect(write({ user: 'ada', choices: 1 }, { abilities }).dropped).toEqual([])
})

test('A4.11 models without sampling get no temperature, and no complaint about the default one', () => {
  const abilities = { sampling: false }
  expect(write({ temperature: 1, topP: 1, frequencyPenalty: 0 }, { abilities }).body).not.toHaveProperty(
    'temperature',
  )
  expect(refused({ temperature: 0.2 }, { abilities })).toEqual(['model_unsupported', 'temperature'])
})

test('a provider without parallel_tool_calls serves clients of functions, and refuses those who ask for it', () => {
  const abilities = { refusedFields: ['parallel_tool_calls'] }
  const parts = { tools: [tool('f')], parallelToolCalls: false }
  expect(write({ ...parts, usesFunctions: true }, { abilities }).body).not.toHaveProperty(
    'parallel_tool_calls',
  )
  expect(refused(parts, { abilities })).toEqual(['model_unsupported', 'parallel_tool_calls'])
})

test('A4.14 text and calls of one message stay together; content is null only beside calls', () => {
  const both = { role: 'assistant' as const, content: [text('So.'), call('c1', 'f', '')] }
  const only = { role: 'assistant' as const, content: [call('c2')] }
  expect(write({ messages: [both, only] }).body.messages).toMatchObject([
    { role: 'assistant', content: 'So.', tool_calls: [{ id: 'c1', type: 'function' }] },
    { role: 'assistant', content: null },
  ])
})

test('A4.15 empty arguments are {}, broken ones pass to the provider', () => {
  const messages = [{ role: 'assistant' as const, content: [call('a', 'f', ''), call('b', 'f', '{"x":')] }]
  const [written] = write({ messages }).body.messages
  expect(written.tool_calls.map((made: { function: unknown }) => made.function)).toEqual([
    { name: 'f', arguments: '{}' },
    { name: 'f', arguments: '{"x":' },
  ])
})

test('A4.16 every tool choice, and parallel calls', () => {
  const choose = (toolChoice: Parameters<typeof write>[0]['toolChoice']) =>
    write({ tools: [tool('f')], ...(toolChoice === undefined ? {} : { toolChoice }) }).body.tool_choice
  expect(choose({ kind: 'required' })).toBe('required')
  expect(choose({ kind: 'tool', name: 'f' })).toEqual({ type: 'function', function: { name: 'f' } })
  expect(choose({ kind: 'allowed', mode: 'auto', names: ['f'] })).toEqual({
    type: 'allowed_tools',
    allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'f' } }] },
  })
  expect(write({ tools: [tool('f')], parallelToolCalls: false }).body.parallel_tool_calls).toBe(false)
  expect(write({ parallelToolCalls: true }).body).not.toHaveProperty('parallel_tool_calls')
})

test('A4.18 names that OpenAI does not take are changed everywhere, and told', () => {
  const long = `get.weather:${'x'.repeat(80)}`
  const messages = [
    says('user', 'Hi'),
    { role: 'assistant' as const, content: [call('c', long)] },
    result('c', '5'),
  ]
  const choice = { kind: 'tool' as const, name: long }
  const { body, toolNames } = write({ from: 'gemini', tools: [tool(long)], toolChoice: choice, messages })
  const [name] = [...(toolNames?.keys() ?? [])]
  expect(toolNames?.get(name ?? '')).toBe(long)
  expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
  expect(body.tools[0].function.name).toBe(name)
  expect(body.tool_choice.function.name).toBe(name)
  expect(body.messages[1].tool_calls[0].function.name).toBe(name)
  expect(write({ tools: [tool('a.b')] }).body.tools[0].function.name).toBe('a.b')
})

test('A4.19 an image that a tool gave follows the results of its turn as a message of the user', () => {
  const withImage = {
    role: 'tool' as const,
    content: [
      {
        kind: 'tool-result' as const,
        callId: 'a',
        isError: false,
        content: [{ kind: 'text' as const, text: '1' }, image],
      },
    ],
  }
  const messages = [
    { role: 'assistant' as const, content: [call('a'), call('b')] },
    withImage,
    result('b', '2'),
    says('user', 'And?'),
  ]
  expect(write({ messages }).body.messages).toMatchObject([
    { role: 'assistant' },
    { role: 'tool', tool_call_id: 'a', content: '1' },
    { role: 'tool', tool_call_id: 'b', content: '2' },
    {
      role: 'user',
      content: [{ type: 'text' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }],
    },
    { role: 'user', content: 'And?' },
  ])
})

test('A4.19 files of another provider are refused and named', () => {
  const foreign: MediaPart = { kind: 'file', source: { kind: 'file-id', id: 'f', format: 'anthropic' } }
  const messages = [{ role: 'user' as const, content: [text('Read.'), foreign] }]
  expect(refused({ messages })).toEqual(['model_unsupported', 'messages[0].content'])
  expect(write({ messages }, { drop: true }).dropped).toEqual(['messages[0].content'])
  const plain: MediaPart = { kind: 'file', source: { kind: 'text', text: 'T', mediaType: 'text/plain' } }
  expect(write({ messages: [{ role: 'user', content: [plain] }] }).body.messages[0].content).toEqual([
    { type: 'text', text: 'T' },
  ])
})

test('A4.20 json_schema output, and models without it', () => {
  const output = { kind: 'json-schema' as const, name: 'n', schema: { type: 'object' }, isStrict: true }
  expect(write({ output }).body.response_format).toEqual({
    type: 'json_schema',
    json_schema: { name: 'n', schema: { type: 'object' }, strict: true },
  })
  expect(refused({ output }, { abilities: { structuredOutput: false } })).toEqual([
    'model_unsupported',
    'response_format',
  ])
})

test('A4.21 budgets become efforts, or a switch, or nothing where a model does not think', () => {
  const effort = (budgetTokens: number) => write({ reasoning: { budgetTokens } }).body.reasoning_effort
  expect([0, 1024, 8000, 30_000].map(effort)).toEqual(['none', 'low', 'medium', 'high'])
  const budget = { abilities: { reasoning: 'budget' as const } }
  expect(write({ reasoning: { budgetTokens: 3000 } }, budget).body.thinking).toEqual({
    type: 'enabled',
    budget_tokens: 3000,
  })
  expect(write({ reasoning: { effort: 'none' } }, budget).body.thinking).toEqual({ type: 'disabled' })
  const none = { abilities: { reasoning: 'none' as const } }
  expect(refused({ reasoning: { effort: 'low' } }, none)).toEqual(['model_unsupported', 'reasoning_effort'])
  expect(write({ reasoning: { effort: 'none' } }, none).body).not.toHaveProperty('reasoning_effort')
})

test('A4.22 thoughts of another provider are left out in silence, on every chat provider', () => {
  const messages = [{ role: 'assistant' as const, content: [thought, text('A')] }]
  for (const thoughtsField of [undefined, 'reasoning_content', 'reasoning_details', 'none'] as const) {
    const abilities = thoughtsField === undefined ? {} : { thoughtsField }
    const written = write({ messages }, { abilities })
    expect(written).toMatchObject({ dropped: [], body: { messages: [{ role: 'assistant', content: 'A' }] } })
    expect(Object.keys(written.body.messages[0])).toEqual(['role', 'content'])
  }
  const signed: ContentPart = {
    kind: 'tool-call',
    id: 'c',
    name: 'f',
    arguments: '{}',
    signature: 'g',
    from: 'gemini',
  }
  const [message] = write({ messages: [{ role: 'assistant', content: [signed] }] }).body.messages
  expect(message.tool_calls[0]).not.toHaveProperty('extra_content')
})

test('A4.22 thoughts of a chat provider go back where it takes them', () => {
  const own: ContentPart = { kind: 'reasoning', text: 'Hm', from: 'openai-chat' }
  const messages = [{ role: 'assistant' as const, content: [own, text('A')] }]
  expect(write({ messages }).body.messages[0]).toMatchObject({ reasoning_content: 'Hm' })
  expect(write({ messages }, { abilities: { thoughtsField: 'reasoning' } }).body.messages[0]).toMatchObject({
    reasoning: 'Hm',
  })
  expect(write({ messages }, { abilities: { thoughtsField: 'none' } }).body.messages[0]).toEqual({
    role: 'assistant',
    content: 'A',
  })
})

test('A4.24 a stored answer cannot be continued here, and is never dropped in silence', () => {
  const stored = { from: 'openai-responses' as const, previousResponseId: 'resp_1' }
  expect(refused(stored)).toEqual(['model_unsupported', 'previous_response_id'])
  expect(refused(stored, { drop: true })).toEqual(['model_unsupported', 'previous_response_id'])
})

test('A4.36 usage is always asked for of a stream', () => {
  expect(write({ isStream: true }).body).toMatchObject({
    stream: true,
    stream_options: { include_usage: true },
  })
  const extra = { stream_options: { include_obfuscation: false } }
  expect(write({ isStream: true, extra }).body.stream_options).toEqual({
    include_obfuscation: false,
    include_usage: true,
  })
  expect(write({}).body).not.toHaveProperty('stream_options')
})

test('what a Responses client says in its own words is said in those of chat, or refused', () => {
  const from = 'openai-responses' as const
  const extra = { text: { verbosity: 'low' }, prompt_cache_key: 'k', include: ['x'], truncation: 'disabled' }
  const { body, dropped } = write({ from, extra })
  expect(body).toMatchObject({ verbosity: 'low', prompt_cache_key: 'k' })
  expect(dropped).toEqual([])
  expect(refused({ from, extra: { conversation: 'conv_1' } })).toEqual(['model_unsupported', 'conversation'])
  const custom = {
    type: 'custom',
    name: 'patch',
    format: { type: 'grammar', syntax: 'lark', definition: 'd' },
  }
  const made = { type: 'custom_tool_call', call_id: 'c', name: 'patch', input: 'x' }
  const written = write({
    from,
    tools: [{ kind: 'provider', format: from, value: custom }],
    toolChoice: { kind: 'tool', name: 'patch' },
    messages: [
      { role: 'assistant', content: [{ kind: 'other', format: from, value: made }] },
      result('c', 'ok'),
    ],
  }).body
  expect(written).toMatchObject({
    tools: [
      {
        type: 'custom',
        custom: { name: 'patch', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'd' } } },
      },
    ],
    tool_choice: { type: 'custom', custom: { name: 'patch' } },
    messages: [
      { tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'patch', input: 'x' } }] },
      { role: 'tool', tool_call_id: 'c' },
    ],
  })
  const search = { kind: 'provider' as const, format: from, value: { type: 'web_search' } }
  expect(refused({ from, tools: [search] })).toEqual(['model_unsupported', 'tools[0]'])
})

test('OpenRouter’s and DeepSeek’s own settings are written as they came, once', () => {
  const openRouter = { effort: 'high', exclude: true }
  expect(write({ reasoning: { effort: 'high' }, extra: { reasoning: openRouter } }).body).toMatchObject({
    reasoning: openRouter,
  })
  const { body } = write({ reasoning: { effort: 'none' }, extra: { thinking: { type: 'disabled' } } })
  expect(body.thinking).toEqual({ type: 'disabled' })
  expect(body).not.toHaveProperty('reasoning_effort')
})
