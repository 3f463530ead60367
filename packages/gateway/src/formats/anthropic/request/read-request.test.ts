import type Anthropic from '@anthropic-ai/sdk'
import { isAppError } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { deepFreeze } from '../../../neutral/testing/deep-freeze.ts'
import type { JsonObject } from '../../parse-json.ts'
import { anthropicMessages } from '../codec.ts'
import { readRequest } from './read-request.ts'

type Params = Anthropic.MessageCreateParams
const base = { model: 'claude-sonnet-5', max_tokens: 1024 }
const asBody = (params: object): JsonObject => deepFreeze(JSON.parse(JSON.stringify(params)))

/** Typed as the SDK's own parameters, so that they stay what its users send. */
const requests: Readonly<Record<string, Params>> = {
  plain: { ...base, messages: [{ role: 'user', content: 'Hello' }] },
  'system blocks with cache marks': {
    ...base,
    system: [
      { type: 'text', text: 'You are terse.' },
      { type: 'text', text: 'The whole handbook.', cache_control: { type: 'ephemeral', ttl: '1h' } },
    ],
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }] },
    ],
  },
  'tools, choice and results with an image': {
    ...base,
    tools: [
      {
        name: 'get_weather',
        description: 'Weather of a city',
        input_schema: {
          type: 'object',
          properties: { city: { $ref: '#/$defs/city' } },
          required: ['city'],
          $defs: { city: { type: 'string', minLength: 1 } },
        },
        strict: true,
        cache_control: { type: 'ephemeral' },
        input_examples: [{ city: 'Köln' }],
      },
      { type: 'web_search_20250305', name: 'web_search', max_uses: 3 },
    ],
    tool_choice: { type: 'any', disable_parallel_tool_use: true },
    messages: [
      { role: 'user', content: 'Weather in Köln and Bonn?' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Two calls.', signature: 'EqQBCgIYAhIM+/==' },
          { type: 'redacted_thinking', data: 'EmwKAhgBEgy3va3pzix/==' },
          { type: 'text', text: 'Looking.' },
          { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { city: 'Köln' } },
          { type: 'tool_use', id: 'toolu_2', name: 'get_weather', input: { city: 'Bonn' } },
        ],
      },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'toolu_1',
            content: [
              { type: 'text', text: '12 degrees' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
            ],
          },
          { type: 'tool_result', tool_use_id: 'toolu_2', content: 'no station', is_error: true },
          { type: 'text', text: 'And in short?' },
        ],
      },
    ],
  },
  'images and documents': {
    ...base,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          { type: 'image', source: { type: 'file', file_id: 'file_1' } },
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
            title: 'Contract',
            context: 'signed',
            citations: { enabled: true },
          },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Plain.' } },
          { type: 'document', source: { type: 'url', url: 'https://example.com/a.pdf' } },
          { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'Block.' }] } },
          {
            type: 'search_result',
            source: 'https://example.com',
            title: 'Found',
            content: [{ type: 'text', text: 'It is so.' }],
          },
          { type: 'text', text: 'Compare.' },
        ],
      },
    ],
  },
  'thinking with a budget': {
    ...base,
    max_tokens: 16_000,
    thinking: { type: 'enabled', budget_tokens: 10_000 },
    messages: [{ role: 'user', content: 'Think.' }],
  },
  'thinking whose text is not wanted': {
    ...base,
    max_tokens: 16_000,
    thinking: { type: 'enabled', budget_tokens: 10_000, display: 'omitted' },
    messages: [{ role: 'user', content: 'Think.' }],
  },
  'adaptive thinking, effort and structured output': {
    ...base,
    thinking: { type: 'adaptive', display: 'summarized' },
    output_config: {
      effort: 'high',
      format: {
        type: 'json_schema',
        schema: { type: 'object', properties: {}, additionalProperties: false },
      },
    },
    messages: [{ role: 'user', content: 'JSON.' }],
  },
  'no thinking, with an effort': {
    ...base,
    thinking: { type: 'disabled' },
    output_config: { effort: 'low' },
    messages: [{ role: 'user', content: 'Quick.' }],
  },
  'a kind of thinking that only Anthropic has': {
    ...base,
    thinking: { type: 'between_tools' },
    messages: [{ role: 'user', content: 'Go.' }],
  },
  'the rest of the parameters': {
    ...base,
    stop_sequences: ['END', '\n\nHuman:'],
    metadata: { user_id: 'u-1' },
    service_tier: 'standard_only',
    container: 'container_1',
    inference_geo: 'eu',
    stream: true,
    cache_control: { type: 'ephemeral' },
    messages: [{ role: 'user', content: 'Hi' }],
  },
  'server tools in the history': {
    ...base,
    messages: [
      { role: 'user', content: 'Search.' },
      {
        role: 'assistant',
        content: [
          { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
          { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
          {
            type: 'text',
            text: 'Found.',
            citations: [
              {
                type: 'web_search_result_location',
                cited_text: 'q',
                encrypted_index: 'Eo8B+/==',
                title: 'T',
                url: 'https://example.com',
              },
            ],
          },
        ],
      },
      { role: 'user', content: 'Thanks.' },
    ],
  },
  'a system message within the conversation': {
    ...base,
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'system', content: 'From now on in French.' },
      { role: 'assistant', content: 'Oui' },
      { role: 'user', content: 'Go on' },
    ],
  },
}

test.each(Object.keys(requests))('A4.17 "%s" is read and written without a loss, and not changed', (name) => {
  const body = asBody(requests[name]!)
  const request = deepFreeze(readRequest(body, {}))
  const options = { model: base.model, dropUnsupported: false, abilities: {} }
  expect(anthropicMessages.writeRequest(request, options)).toEqual({ body, dropped: [] })
})

test('temperature, top_p and top_k are read, though the newest SDK no longer names them', () => {
  const body = asBody({ ...requests['plain'], temperature: 0.5, top_p: 0.9, top_k: 40 })
  const request = readRequest(body, {})
  expect(request).toMatchObject({ temperature: 0.5, topP: 0.9, topK: 40 })
  const options = { model: base.model, dropUnsupported: false, abilities: {} }
  expect(anthropicMessages.writeRequest(request, options).body).toEqual(body)
})

test('A4.13 results of tools become messages of their own, before what the user says', () => {
  const { messages } = readRequest(asBody(requests['tools, choice and results with an image']!), {})
  expect(messages.map((message) => message.role)).toEqual(['user', 'assistant', 'tool', 'tool', 'user'])
  expect(messages[3]!.content[0]).toMatchObject({ kind: 'tool-result', callId: 'toolu_2', isError: true })
})

test('A4.19 an image in a result of a tool is an image to every format', () => {
  const { messages } = readRequest(asBody(requests['tools, choice and results with an image']!), {})
  expect(messages[2]!.content[0]).toMatchObject({
    content: [{ kind: 'text' }, { kind: 'image', source: { kind: 'base64', mediaType: 'image/png' } }],
  })
})

test('A4.16 tool choices in four forms, and one call at a time', () => {
  const choice = (tool_choice: object) => readRequest(asBody({ ...requests['plain'], tool_choice }), {})
  expect(choice({ type: 'auto' }).toolChoice).toEqual({ kind: 'auto' })
  expect(choice({ type: 'any' }).toolChoice).toEqual({ kind: 'required' })
  expect(choice({ type: 'none' }).toolChoice).toEqual({ kind: 'none' })
  expect(choice({ type: 'tool', name: 'f' }).toolChoice).toEqual({ kind: 'tool', name: 'f' })
  expect(choice({ type: 'auto', disable_parallel_tool_use: true }).parallelToolCalls).toBe(false)
})

test('A4.21 thinking is read as tokens, as an effort or as adaptive', () => {
  const reasoning = (name: string) => readRequest(asBody(requests[name]!), {}).reasoning
  expect(reasoning('thinking with a budget')).toEqual({ budgetTokens: 10_000, isShown: true })
  expect(reasoning('thinking whose text is not wanted')).toEqual({ budgetTokens: 10_000, isShown: false })
  expect(reasoning('adaptive thinking, effort and structured output')).toEqual({
    effort: 'high',
    isAdaptive: true,
    isShown: true,
  })
  expect(reasoning('no thinking, with an effort')).toEqual({ effort: 'none' })
})

const mistakes: readonly [string, object, string][] = [
  ['no model', { messages: [] }, 'model'],
  ['no messages', { model: 'm' }, 'messages'],
  ['an empty list of messages', { model: 'm', messages: [] }, 'messages'],
  ['a message that is a text', { model: 'm', messages: ['Hi'] }, 'messages[0]'],
  [
    'a role of another format',
    { model: 'm', messages: [{ role: 'tool', content: 'x' }] },
    'messages[0].role',
  ],
  [
    'content that is a number',
    { model: 'm', messages: [{ role: 'user', content: 7 }] },
    'messages[0].content',
  ],
  [
    'a block without a type',
    { model: 'm', messages: [{ role: 'user', content: [{ text: 'x' }] }] },
    'messages[0].content[0]',
  ],
  [
    'an image without a source',
    { model: 'm', messages: [{ role: 'user', content: [{ type: 'image' }] }] },
    'messages[0].content[0]',
  ],
  [
    'a broken block in a result',
    {
      model: 'm',
      messages: [
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'text' }] }] },
      ],
    },
    'messages[0].content[0].content[0]',
  ],
  [
    'a tool without a name',
    { model: 'm', messages: [{ role: 'user', content: '' }], tools: [{}] },
    'tools[0].name',
  ],
  [
    'an unknown tool choice',
    { model: 'm', messages: [{ role: 'user', content: '' }], tool_choice: { type: 'some' } },
    'tool_choice',
  ],
  [
    'a limit in words',
    { model: 'm', messages: [{ role: 'user', content: '' }], max_tokens: 'many' },
    'max_tokens',
  ],
  [
    'a stream that is a text',
    { model: 'm', messages: [{ role: 'user', content: '' }], stream: 'yes' },
    'stream',
  ],
]

test.each(mistakes)('%s is refused with the name of the field', (_, body, param) => {
  const refused = refusalOf(() => readRequest(asBody(body), {}))
  expect([refused.code, refused.details['param']]).toEqual(['validation_failed', param])
})

test('A4.22 signatures that were packed for a client come back to the calls and texts they belong to', () => {
  const parts = [
    { kind: 'text', text: 'Well.', signature: 'dGV4dA==' },
    { kind: 'tool-call', id: 'c1', name: 'f', arguments: '{}', signature: 'c2ln', from: 'gemini' },
    { kind: 'reasoning', text: 'Hm', from: 'openai-responses', encrypted: 'gAAA+/==', id: 'rs_1' },
  ] as const
  const answer = {
    id: 'a',
    model: 'm',
    createdS: 0,
    choices: [{ index: 0, parts, finish: 'stop', finishRaw: '' }],
  }
  const request = readRequest(asBody(requests['plain']!), {})
  const options = { model: 'm', id: 'i', createdS: 0, wantsUsage: true, request }
  const { content } = anthropicMessages.writeAnswer(answer as never, options)
  const again = readRequest(asBody({ model: 'm', messages: [{ role: 'assistant', content }] }), {})
  expect(again.messages[0]!.content).toMatchObject(parts)
  expect(again.messages[0]!.content).toHaveLength(3)
})

function refusalOf(act: () => unknown) {
  try {
    act()
  } catch (error) {
    if (isAppError(error)) return error
  }
  throw new Error('nothing was refused')
}
