import { expect, test } from 'vitest'
import type { ContentPart } from '../../../neutral/content.ts'
import type { Message, NeutralRequest } from '../../../neutral/neutral-request.ts'
import { call, exampleWriter, result, says, text, tool } from '../../../neutral/testing/example-request.ts'
import { writeRequest } from './write-request.ts'

const { write, refused } = exampleWriter(writeRequest)

test('A4.9 system and developer messages at the top join into system, with their cache marks', () => {
  const { body } = write({
    messages: [
      says('system', 'One.'),
      { role: 'developer', content: [{ kind: 'text', text: 'Two.', cache: { ttl: '1h' } }] },
      says('user', 'Hi'),
    ],
  })
  expect(body.system).toEqual([
    { type: 'text', text: 'One.' },
    { type: 'text', text: 'Two.', cache_control: { type: 'ephemeral', ttl: '1h' } },
  ])
  expect(body.messages).toEqual([{ role: 'user', content: 'Hi' }])
})

test('A4.9 a later system message is told in the turn of the user, marked as what it is', () => {
  const { body } = write({
    messages: [
      says('user', 'Hi'),
      says('assistant', 'Yes?'),
      says('system', 'Be brief.'),
      says('user', 'Go on'),
    ],
  })
  expect(body.messages.at(-1)).toEqual({
    role: 'user',
    content: [
      { type: 'text', text: '<system_message>\nBe brief.\n</system_message>' },
      { type: 'text', text: 'Go on' },
    ],
  })
})

test('A4.9 a later system message stays one where the model takes it: behind the user, before the assistant', () => {
  const abilities = { systemTurns: true }
  const stays = write(
    { messages: [says('user', 'Hi'), says('system', 'Be'), says('developer', 'brief.')] },
    { abilities },
  )
  expect(stays.body.messages).toEqual([
    { role: 'user', content: 'Hi' },
    {
      role: 'system',
      content: [
        { type: 'text', text: 'Be' },
        { type: 'text', text: 'brief.' },
      ],
    },
  ])
  const moves = write(
    { messages: [says('user', 'Hi'), says('system', 'Brief.'), says('user', 'Go on')] },
    { abilities },
  )
  expect(moves.body.messages).toHaveLength(1)
})

test('A4.10 max_tokens is what the client gave, else what the model can, else 4096', () => {
  expect(write({}).body.max_tokens).toBe(4096)
  expect(write({}, { abilities: { maxOutputTokens: 64_000 } }).body.max_tokens).toBe(64_000)
  expect(write({ maxOutputTokens: 7 }, { abilities: { maxOutputTokens: 64_000 } }).body.max_tokens).toBe(7)
})

test('A4.11 a temperature above 1 becomes 1', () => {
  expect(write({ temperature: 1.7, topP: 0.3, topK: 5 }).body).toMatchObject({
    temperature: 1,
    top_p: 0.3,
    top_k: 5,
  })
})

const unsupported: readonly [string, Partial<NeutralRequest>][] = [
  ['n', { choices: 2 }],
  ['seed', { seed: 1 }],
  ['logit_bias', { logitBias: { '50': 1 } }],
  ['logprobs', { logprobs: { top: 2 } }],
  ['frequency_penalty', { frequencyPenalty: 0.5 }],
  ['presence_penalty', { presencePenalty: 0.5 }],
  ['modalities', { modalities: ['text', 'audio'] }],
  ['store', { store: true }],
  ['service_tier', { serviceTier: 'flex' }],
]

test.each(unsupported)('A4.11 %s is refused by name, or dropped where the caller allows', (param, parts) => {
  expect(refused(parts)).toEqual(['model_unsupported', param])
  expect(write(parts, { drop: true }).dropped).toEqual([param])
})

test('A4.11 what every client sends without meaning it is left out in silence', () => {
  const { dropped } = write({
    user: 'u',
    metadata: { a: 'b' },
    store: false,
    parallelToolCalls: true,
    choices: 1,
    frequencyPenalty: 0,
    modalities: ['text'],
    logitBias: {},
  })
  expect(dropped).toEqual([])
})

test('A4.11 models without sampling settings refuse them, and a thinking model takes none', () => {
  expect(refused({ temperature: 0.2 }, { abilities: { sampling: false } })).toEqual([
    'model_unsupported',
    'temperature',
  ])
  expect(refused({ temperature: 0.2, reasoning: { effort: 'low' } })).toEqual([
    'model_unsupported',
    'temperature',
  ])
  expect(write({ temperature: 1, reasoning: { effort: 'low' } }).body.temperature).toBe(1)
  expect(refused({ topP: 0.2 }, { abilities: { refusedFields: ['top_p'] } })).toEqual([
    'model_unsupported',
    'top_p',
  ])
})

test('A4.12 stop texts of blanks are left out, and said to be', () => {
  const { body, dropped } = write({ stop: ['\n', 'END', '  '] })
  expect([body.stop_sequences, dropped]).toEqual([['END'], ['stop']])
  expect(write({ stop: ['\n\n'] }).body).not.toHaveProperty('stop_sequences')
})

test('A4.13 results of several calls become one turn of the user, results first', () => {
  const { body } = write({
    messages: [
      says('user', 'Hi'),
      { role: 'assistant', content: [call('a'), call('b')] },
      result('a', '1'),
      says('user', 'Hurry'),
      result('b', '2'),
    ],
  })
  expect(body.messages[2]).toEqual({
    role: 'user',
    content: [
      { type: 'tool_result', tool_use_id: 'a', content: '1' },
      { type: 'tool_result', tool_use_id: 'b', content: '2' },
      { type: 'text', text: 'Hurry' },
    ],
  })
})

test('A4.14 text beside calls is kept; texts of nothing and turns of nothing are not', () => {
  const { body } = write({
    messages: [
      says('user', 'Hi'),
      says('assistant', ''),
      { role: 'user', content: [text(''), text(' \n'), text('There?')] },
      { role: 'assistant', content: [text('Calling.'), call('a')] },
      {
        role: 'tool',
        content: [{ kind: 'tool-result', callId: 'a', isError: true, content: [{ kind: 'text', text: '' }] }],
      },
    ],
  })
  expect(body.messages).toEqual([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Hi' },
        { type: 'text', text: 'There?' },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'Calling.' },
        { type: 'tool_use', id: 'a', name: 'f', input: {} },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', is_error: true }] },
  ])
})

test('A4.14 a conversation that the assistant begins gets a user before it, and no prefill ends in blanks', () => {
  const { body } = write({ messages: [says('system', 'S'), says('assistant', 'Welcome! \n')] })
  expect(body.messages).toEqual([
    { role: 'user', content: '.' },
    { role: 'assistant', content: 'Welcome!' },
  ])
})

test('A4.15 arguments of nothing are {}, broken ones a 400 that names the message', () => {
  const asks = (args: string): Partial<NeutralRequest> => ({
    messages: [says('user', 'Hi'), { role: 'assistant', content: [call('a', 'f', args)] }, result('a', '1')],
  })
  expect(write(asks('')).body.messages[1].content[0].input).toEqual({})
  for (const broken of ['{"a":', '[1]', '"x"']) {
    expect(refused(asks(broken))).toEqual(['validation_failed', 'messages[1].content'])
  }
})

test('A4.16 tool choices, single calls and allowed tools', () => {
  const tools = [tool('f'), tool('g')]
  const choice = (parts: Partial<NeutralRequest>) => write({ tools, ...parts }).body
  expect(choice({ toolChoice: { kind: 'auto' } }).tool_choice).toEqual({ type: 'auto' })
  expect(choice({ toolChoice: { kind: 'required' } }).tool_choice).toEqual({ type: 'any' })
  expect(choice({ toolChoice: { kind: 'none' }, parallelToolCalls: false }).tool_choice).toEqual({
    type: 'none',
  })
  expect(choice({ toolChoice: { kind: 'tool', name: 'g' } }).tool_choice).toEqual({ type: 'tool', name: 'g' })
  expect(choice({ parallelToolCalls: false }).tool_choice).toEqual({
    type: 'auto',
    disable_parallel_tool_use: true,
  })
  const allowed = choice({ toolChoice: { kind: 'allowed', mode: 'required', names: ['g'] } })
  expect([allowed.tools.map((item: { name: string }) => item.name), allowed.tool_choice]).toEqual([
    ['g'],
    { type: 'any' },
  ])
  expect(write({ toolChoice: { kind: 'auto' }, parallelToolCalls: false }).body).not.toHaveProperty(
    'tool_choice',
  )
})

test('A4.17 schemas of tools are kept, closed for strict tools, and never changed', () => {
  const schema = {
    type: 'object',
    properties: {
      a: { type: 'string', minLength: 2 },
      b: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/b' }] },
    },
    $defs: { b: { type: 'object', properties: {} } },
  }
  const strict = { kind: 'function', name: 'f', schema, isStrict: true } as const
  expect(write({ tools: [strict] }).body.tools[0]).toEqual({ name: 'f', input_schema: schema })
  const abilities = { structuredOutput: true }
  expect(write({ tools: [strict] }, { abilities }).body.tools[0]).toEqual({
    name: 'f',
    strict: true,
    input_schema: {
      type: 'object',
      properties: {
        a: { type: 'string', description: '{minLength: 2}' },
        b: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/b' }] },
      },
      $defs: { b: { type: 'object', properties: {}, additionalProperties: false } },
      additionalProperties: false,
    },
  })
  expect(write({ tools: [{ kind: 'function', name: 'g' }] }).body.tools[0].input_schema).toEqual({
    type: 'object',
    properties: {},
  })
})

test('A4.18 names that Anthropic refuses are written differently everywhere, and remembered', () => {
  const long = `search.${'x'.repeat(200)}`
  const { body, toolNames } = write({
    tools: [tool(long)],
    toolChoice: { kind: 'tool', name: long },
    messages: [says('user', 'Hi'), { role: 'assistant', content: [call('a', long)] }, result('a', '1')],
  })
  const { name } = body.tools[0]
  expect(name).toMatch(/^[a-zA-Z0-9_-]{1,128}$/)
  expect([body.tool_choice.name, body.messages[1].content[0].name]).toEqual([name, name])
  expect(toolNames?.get(name)).toBe(long)
})

test('A4.18 ids of calls that Anthropic refuses are changed in call and result alike', () => {
  const { body } = write({
    messages: [says('user', 'Hi'), { role: 'assistant', content: [call('a:1')] }, result('a:1', '1')],
  })
  expect(body.messages[1].content[0].id).toBe(body.messages[2].content[0].tool_use_id)
  expect(body.messages[1].content[0].id).toMatch(/^[a-zA-Z0-9_-]+$/)
})

test('A4.19 images, documents and images in results are written as Anthropic has them', () => {
  const image = { kind: 'image', source: { kind: 'base64', mediaType: 'image/jpg', data: 'AA==' } } as const
  const { body } = write({
    messages: [
      {
        role: 'user',
        content: [
          image,
          { kind: 'image', detail: 'low', source: { kind: 'url', url: 'https://x/a.png' } },
          {
            kind: 'file',
            name: 'a.pdf',
            source: { kind: 'base64', mediaType: 'application/pdf', data: 'AA==' },
          },
          { kind: 'file', source: { kind: 'base64', mediaType: 'text/csv', data: 'YSxi' } },
        ],
      },
      { role: 'assistant', content: [call('a')] },
      { role: 'tool', content: [{ kind: 'tool-result', callId: 'a', isError: false, content: [image] }] },
    ],
  })
  const jpeg = { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: 'AA==' } }
  expect(body.messages[0].content).toEqual([
    jpeg,
    { type: 'image', source: { type: 'url', url: 'https://x/a.png' } },
    {
      type: 'document',
      source: { type: 'base64', media_type: 'application/pdf', data: 'AA==' },
      title: 'a.pdf',
    },
    { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a,b' } },
  ])
  expect(body.messages[2].content[0].content).toEqual([jpeg])
})

test('A4.19 sound, film and files stored elsewhere are refused by name, or dropped', () => {
  const parts: ContentPart[] = [
    { kind: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'AA==' } },
    { kind: 'image', source: { kind: 'file-id', id: 'file-1', format: 'openai-chat' } },
    { kind: 'file', source: { kind: 'base64', mediaType: 'application/zip', data: 'AA==' } },
  ]
  for (const part of parts) {
    const messages: Message[] = [{ role: 'user', content: [part, text('What is it?')] }]
    expect(refused({ messages })).toEqual(['model_unsupported', 'messages[0].content'])
    const { body, dropped } = write({ messages }, { drop: true })
    expect([body.messages[0].content, dropped]).toEqual(['What is it?', ['messages[0].content']])
  }
})

test("A4.22 Anthropic's own thoughts are kept byte for byte, those of others stripped", () => {
  const { body, dropped } = write({
    messages: [
      says('user', 'Hi'),
      {
        role: 'assistant',
        content: [
          { kind: 'reasoning', text: 'Hm', signature: 'EqQB+/==', from: 'anthropic' },
          { kind: 'reasoning', text: '', encrypted: 'EmwK+/==', isRedacted: true, from: 'anthropic' },
          { kind: 'reasoning', text: 'Elsewhere', signature: 'c2ln', from: 'gemini' },
          { kind: 'reasoning', text: 'No proof', from: 'anthropic' },
          { kind: 'text', text: 'Yes', signature: 'c2ln' },
        ],
      },
      says('user', 'Go on'),
    ],
  })
  expect(dropped).toEqual([])
  expect(body.messages[1].content).toEqual([
    { type: 'thinking', thinking: 'Hm', signature: 'EqQB+/==' },
    { type: 'redacted_thinking', data: 'EmwK+/==' },
    { type: 'text', text: 'Yes' },
  ])
})

test('A4.24 a stored answer is an explicit 400, even when dropping is allowed', () => {
  expect(refused({ from: 'openai-responses', previousResponseId: 'resp_1' }, { drop: true })).toEqual([
    'model_unsupported',
    'previous_response_id',
  ])
})

test('fields of other formats are left out and named; known fields of Anthropic are passed on', () => {
  const { body, dropped } = write({ extra: { verbosity: 'low', context_management: { edits: [] } } })
  expect([body.context_management, body.verbosity, dropped]).toEqual([
    { edits: [] },
    undefined,
    ['verbosity'],
  ])
})

test('server tools of other providers are refused; their traces in the history are only noted', () => {
  const foreign = { kind: 'provider', format: 'openai-responses', value: { type: 'web_search' } } as const
  expect(refused({ tools: [foreign] })).toEqual(['model_unsupported', 'tools'])
  const trace = { kind: 'other', format: 'openai-responses', value: { type: 'web_search_call' } } as const
  const messages: Message[] = [says('user', 'Hi'), { role: 'assistant', content: [trace, text('Found.')] }]
  const { body, dropped } = write({ messages })
  expect([body.messages[1].content, dropped]).toEqual(['Found.', ['messages[1].content.web_search_call']])
  expect(refused({ messages: [{ role: 'user', content: [trace] }] })[0]).toBe('model_unsupported')
})

test('service tiers and users are translated', () => {
  expect(write({ serviceTier: 'priority', user: 'u' }).body).toMatchObject({
    service_tier: 'auto',
    metadata: { user_id: 'u' },
  })
  expect(write({ serviceTier: 'default' }).body.service_tier).toBe('standard_only')
})

test('A4.14 a request of blanks alone still has a turn, also in Anthropic’s own format', () => {
  for (const from of ['anthropic', 'openai-chat'] as const)
    expect(write({ from, messages: [says('user', '\n')] }).body.messages).toEqual([
      { role: 'user', content: '.' },
    ])
})
