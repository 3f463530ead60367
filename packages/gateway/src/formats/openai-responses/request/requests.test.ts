import { isAppError } from '@ratchet/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { WriteOptions } from '../../../neutral/codec.ts'
import type { ContentPart } from '../../../neutral/content.ts'
import { packProof } from '../../../neutral/proof.ts'
import { arbitraryRequest } from '../../../neutral/testing/arbitrary-request.ts'
import { deepFreeze } from '../../../neutral/testing/deep-freeze.ts'
import { call, exampleWriter, result, says, text, tool } from '../../../neutral/testing/example-request.ts'
import type { JsonObject } from '../../parse-json.ts'
import { readRequest as read } from './read-request.ts'
import { writeRequest } from './write-request.ts'

const options: WriteOptions = { model: 'a/b', dropUnsupported: false, abilities: {} }
const { write, refused } = exampleWriter(writeRequest)
const readRequest = (parts: JsonObject) => read({ model: 'a/b', input: 'Hi', ...parts })
/** What is left of a body that is read and written again. */
const again = (parts: JsonObject) => {
  const { body, dropped } = writeRequest(deepFreeze(readRequest(deepFreeze(parts))), options)
  expect(dropped).toEqual([])
  return body
}

function paramOf(parts: JsonObject): unknown {
  try {
    readRequest(parts)
  } catch (error) {
    if (isAppError(error)) return `${error.code} ${String(error.details['param'])}`
    throw error
  }
  return undefined
}

test('a request that is written for a provider of the format and read again is the same request', () => {
  const requests = arbitraryRequest({
    from: 'openai-responses',
    media: ['image', 'file'],
    settings: ['maxOutputTokens', 'temperature', 'topP', 'output', 'user', 'serviceTier', 'store'],
  })
  fc.assert(
    fc.property(requests, (request) => {
      const { body, dropped } = writeRequest(deepFreeze(request), { ...options, model: request.model })
      expect(dropped).toEqual([])
      expect(withoutDetail(read(body))).toEqual({ ...request, wantsUsage: true })
    }),
  )
})

/** An image always says how finely it is looked at. */
function withoutDetail(request: ReturnType<typeof read>) {
  const messages = request.messages.map((message) => ({
    ...message,
    content: message.content.map((part) => {
      if (part.kind !== 'image') return part
      const { detail: _detail, ...rest } = part
      return rest
    }),
  }))
  return { ...request, messages }
}

test('every kind of input item, and every setting, comes out as it went in', () => {
  const body = {
    model: 'a/b',
    instructions: 'Be brief.',
    input: [
      { type: 'message', role: 'developer', content: 'A' },
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'B', prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' } },
          { type: 'input_image', image_url: 'https://e.com/a.png', detail: 'low' },
          { type: 'input_image', file_id: 'file_1', detail: 'auto' },
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' },
          { type: 'input_file', file_url: 'https://e.com/a.pdf' },
        ],
      },
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'T' }],
        encrypted_content: 'gAAA+/=',
      },
      {
        type: 'message',
        role: 'assistant',
        id: 'msg_1',
        status: 'completed',
        phase: 'commentary',
        content: [{ type: 'output_text', text: 'C', annotations: [] }],
      },
      {
        type: 'message',
        role: 'assistant',
        id: 'msg_2',
        content: [
          {
            type: 'output_text',
            text: 'D',
            annotations: [{ type: 'file_citation', file_id: 'f', filename: 'n', index: 0 }],
          },
          { type: 'refusal', refusal: 'E' },
        ],
      },
      { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '{}', namespace: 'n' },
      { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'q' } },
      { type: 'custom_tool_call', id: 'ctc_1', call_id: 'call_2', name: 'patch', input: 'x' },
      { type: 'function_call_output', call_id: 'call_1', output: '5', status: 'completed' },
      {
        type: 'custom_tool_call_output',
        call_id: 'call_2',
        output: [{ type: 'input_text', text: '6', x: 1 }],
      },
      {
        type: 'computer_call_output',
        call_id: 'call_3',
        output: { type: 'computer_screenshot', image_url: 'u' },
      },
      { type: 'item_reference', id: 'msg_0' },
      { type: 'compaction', id: 'cmp_1', encrypted_content: 'zzz' },
      { type: 'mcp_approval_response', approval_request_id: 'm', approve: true },
    ],
    tools: [
      { type: 'function', name: 'f', parameters: { type: 'object' }, strict: true, defer_loading: true },
      { type: 'web_search', search_context_size: 'low' },
      { type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'lark', definition: 'd' } },
    ],
    tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] },
    parallel_tool_calls: false,
    temperature: 0.5,
    top_p: 0.9,
    max_output_tokens: 100,
    reasoning: { effort: 'high', summary: 'detailed', context: 'auto' },
    text: {
      format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true },
      verbosity: 'low',
    },
    include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
    top_logprobs: 3,
    user: 'ada',
    metadata: { a: 'b' },
    service_tier: 'flex',
    previous_response_id: 'resp_0',
    store: false,
    stream: true,
    truncation: 'auto',
    background: false,
    max_tool_calls: 4,
    conversation: 'conv_1',
    prompt: { id: 'pmpt_1' },
    safety_identifier: 's',
    prompt_cache_key: 'k',
    stream_options: { include_obfuscation: false },
    brand_new: { kept: [1.5] },
  }
  expect(again(body)).toEqual(body)
})

test('neighbouring items of the assistant are one message, results are messages of their own', () => {
  const { messages } = readRequest({
    input: [
      { role: 'user', content: 'Hi' },
      { type: 'reasoning', id: 'rs_1', summary: [] },
      { role: 'assistant', content: 'So.' },
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '' },
      { type: 'function_call', call_id: 'b', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'a', output: '1' },
      { type: 'function_call_output', call_id: 'b', output: '2' },
    ],
  })
  expect(messages.map(({ role, content }) => [role, ...content.map(({ kind }) => kind)])).toEqual([
    ['user', 'text'],
    ['assistant', 'reasoning', 'text', 'tool-call', 'tool-call'],
    ['tool', 'tool-result'],
    ['tool', 'tool-result'],
  ])
})

test('A4.22 thoughts of another provider come back from a client byte for byte, and signatures to their calls', () => {
  const gemini = { from: 'gemini' as const, signature: 'CsY=' }
  const packed = (proof: Parameters<typeof packProof>[0]) => ({
    type: 'reasoning',
    id: 'rs_x',
    summary: [],
    encrypted_content: packProof(proof),
  })
  const { messages } = readRequest({
    input: [
      {
        ...packed({ from: 'anthropic', signature: 'Eq+/=' }),
        summary: [{ type: 'summary_text', text: 'Hm' }],
      },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      packed({ ...gemini, id: 'call:c' }),
    ],
  })
  expect(messages[0]?.content).toEqual([
    { kind: 'reasoning', text: 'Hm', from: 'anthropic', signature: 'Eq+/=' },
    { kind: 'tool-call', id: 'c', name: 'f', arguments: '{}', signature: 'CsY=', from: 'gemini' },
  ])
})

test('A4.22 thoughts of another provider are left out in silence', () => {
  const thought: ContentPart = { kind: 'reasoning', text: 'Hm', signature: 's', from: 'anthropic' }
  const written = write({ messages: [{ role: 'assistant', content: [thought, text('A')] }] })
  expect(written.dropped).toEqual([])
  expect(written.body.input).toEqual([
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'A', annotations: [] }] },
  ])
})

test('A4.24 a stored answer is carried to OpenAI’s own store', () => {
  expect(again({ input: 'Hi', previous_response_id: 'resp_1' })).toMatchObject({
    previous_response_id: 'resp_1',
  })
  expect(readRequest({ input: undefined, previous_response_id: 'resp_1' }).messages).toEqual([])
})

test('A4.9 a system message that begins a conversation of another format is its instructions', () => {
  const messages = [says('system', 'S'), says('user', 'Hi'), says('system', 'Later')]
  expect(write({ messages }).body).toMatchObject({
    instructions: 'S',
    input: [
      { role: 'user', content: 'Hi' },
      { role: 'system', content: 'Later' },
    ],
  })
  expect(again({ input: [{ type: 'message', role: 'system', content: 'S' }] })).not.toHaveProperty(
    'instructions',
  )
})

test('A4.11 what the format lacks is refused, or dropped and named', () => {
  expect(refused({ stop: ['x'] })).toEqual(['model_unsupported', 'stop'])
  const parts = {
    stop: ['x'],
    seed: 1,
    topK: 3,
    logitBias: {},
    choices: 2,
    frequencyPenalty: 0.5,
    presencePenalty: 0,
  }
  const { body, dropped } = write(parts, { drop: true })
  expect(dropped).toEqual(['stop', 'seed', 'top_k', 'logit_bias', 'frequency_penalty', 'n'])
  expect(Object.keys(body)).toEqual(['model', 'input', 'store'])
  expect(write({ choices: 1, presencePenalty: 0 }).dropped).toEqual([])
})

test('A4.16 A4.17 tools are flat, not strict unless they say so, and chosen by name', () => {
  const choose = { kind: 'tool' as const, name: 'f' }
  const { body } = write({ tools: [tool('f')], toolChoice: choose, parallelToolCalls: false })
  expect(body).toMatchObject({
    tools: [{ type: 'function', name: 'f', parameters: { type: 'object' }, strict: false }],
    tool_choice: { type: 'function', name: 'f' },
    parallel_tool_calls: false,
  })
  expect(again({ tool_choice: { type: 'web_search_preview' } })).toMatchObject({
    tool_choice: { type: 'web_search_preview' },
  })
})

test('A4.13 A4.15 A4.19 results of tools, empty arguments, and an image that a tool gave', () => {
  const image: ContentPart = {
    kind: 'image',
    source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' },
  }
  const shown = { kind: 'tool-result' as const, callId: 'b', isError: false, content: [image] }
  const messages = [
    { role: 'assistant' as const, content: [call('a', 'f', ''), call('b')] },
    result('a', '1'),
    { role: 'tool' as const, content: [shown] },
  ]
  expect(write({ messages }).body.input).toEqual([
    { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
    { type: 'function_call', call_id: 'b', name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: 'a', output: '1' },
    {
      type: 'function_call_output',
      call_id: 'b',
      output: [{ type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,AAAA' }],
    },
  ])
})

test('a chat client’s words become the format’s: verbosity, thinking, probabilities, no storing', () => {
  const { body } = write({
    reasoning: { budgetTokens: 5000, isShown: true },
    logprobs: { top: 2 },
    extra: { verbosity: 'low', prompt_cache_key: 'k' },
    output: { kind: 'json' },
  })
  expect(body).toMatchObject({
    reasoning: { effort: 'medium', summary: 'auto' },
    include: ['message.output_text.logprobs', 'reasoning.encrypted_content'],
    top_logprobs: 2,
    text: { format: { type: 'json_object' }, verbosity: 'low' },
    prompt_cache_key: 'k',
    store: false,
  })
  expect(refused({ extra: { web_search_options: {} } })).toEqual(['model_unsupported', 'web_search_options'])
  expect(write({ extra: { prediction: {}, thinking: {}, x: 1 } }).dropped).toEqual(['prediction', 'x'])
  expect(refused({ reasoning: { effort: 'low' } }, { abilities: { reasoning: 'none' } })).toEqual([
    'model_unsupported',
    'reasoning',
  ])
})

test('custom tools of chat completions, their calls and results', () => {
  const from = 'openai-chat' as const
  const made = { id: 'c', type: 'custom', custom: { name: 'patch', input: 'x' } }
  const grammar = { type: 'grammar', grammar: { syntax: 'lark', definition: 'd' } }
  const { body } = write({
    from,
    tools: [
      {
        kind: 'provider',
        format: from,
        value: { type: 'custom', custom: { name: 'patch', format: grammar } },
      },
    ],
    messages: [
      { role: 'assistant', content: [{ kind: 'other', format: from, value: made }] },
      result('c', 'ok'),
    ],
  })
  expect(body).toMatchObject({
    tools: [{ type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'lark', definition: 'd' } }],
    input: [
      { type: 'custom_tool_call', call_id: 'c', name: 'patch', input: 'x' },
      { type: 'custom_tool_call_output', call_id: 'c', output: 'ok' },
    ],
  })
  const own = {
    kind: 'provider' as const,
    format: 'anthropic' as const,
    value: { type: 'web_search_20250305' },
  }
  expect(refused({ from: 'anthropic', tools: [own] })).toEqual(['model_unsupported', 'tools[0]'])
})

test('what cannot be understood is refused, and the message names the field', () => {
  expect(paramOf({ model: undefined })).toBe('validation_failed model')
  expect(paramOf({ input: undefined })).toBe('validation_failed input')
  expect(paramOf({ input: 7 })).toBe('validation_failed input')
  expect(paramOf({ input: ['Hi'] })).toBe('validation_failed input[0]')
  expect(paramOf({ input: [{ role: 'robot', content: '' }] })).toBe('validation_failed input[0].role')
  expect(paramOf({ input: [{ type: 'function_call', name: 'f' }] })).toBe(
    'validation_failed input[0].call_id',
  )
  expect(paramOf({ input: [{ type: 'function_call_output', output: '' }] })).toBe(
    'validation_failed input[0].call_id',
  )
  expect(paramOf({ input: [{ role: 'user', content: [{ type: 'input_image' }] }] })).toBe(
    'validation_failed input[0].content[0]',
  )
  expect(paramOf({ input: [{}] })).toBe('validation_failed input[0].type')
  expect(paramOf({ tools: [{ name: 'f' }] })).toBe('validation_failed tools[0].type')
  expect(paramOf({ tools: [{ type: 'function' }] })).toBe('validation_failed tools[0].name')
  expect(paramOf({ text: 'json' })).toBe('validation_failed text')
})
