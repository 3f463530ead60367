import { isAppError } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { packProof } from '../../../neutral/proof.ts'
import type { JsonObject } from '../../parse-json.ts'
import { readRequest as read } from './read-request.ts'

const hello = [{ role: 'user', content: 'Hi' }]
const readRequest = (parts: JsonObject) => read({ model: 'a/b', messages: hello, ...parts })
const contentOf = (message: JsonObject) => readRequest({ messages: [message] }).messages[0]?.content

function paramOf(parts: JsonObject): unknown {
  try {
    readRequest(parts)
  } catch (error) {
    if (isAppError(error)) return `${error.code} ${String(error.details['param'])}`
    throw error
  }
  return undefined
}

test('A4.9 system and developer messages stay where they stand, also mid-conversation, with their cache marks', () => {
  const mark = { type: 'ephemeral', ttl: '1h' }
  const { messages } = readRequest({
    messages: [
      { role: 'system', content: [{ type: 'text', text: 'A', cache_control: mark }] },
      { role: 'developer', content: 'B' },
      { role: 'user', content: 'C', cache_control: { type: 'ephemeral' } },
      { role: 'system', content: 'D' },
    ],
  })
  expect(messages).toEqual([
    { role: 'system', content: [{ kind: 'text', text: 'A', cache: { ttl: '1h' } }] },
    { role: 'developer', content: [{ kind: 'text', text: 'B' }] },
    { role: 'user', content: [{ kind: 'text', text: 'C', cache: {} }] },
    { role: 'system', content: [{ kind: 'text', text: 'D' }] },
  ])
})

test('A4.10 max_completion_tokens goes before its older name max_tokens', () => {
  expect(readRequest({ max_tokens: 5 }).maxOutputTokens).toBe(5)
  expect(readRequest({ max_tokens: 5, max_completion_tokens: 7 }).maxOutputTokens).toBe(7)
  expect(readRequest({ max_tokens: null }).maxOutputTokens).toBeUndefined()
})

test('A4.12 stop is one sequence or several, white space kept', () => {
  expect(readRequest({ stop: '\n' }).stop).toEqual(['\n'])
  expect(readRequest({ stop: ['a', ' '] }).stop).toEqual(['a', ' '])
  expect(paramOf({ stop: [1] })).toBe('validation_failed stop')
})

test('A4.13 results of tools are a message each, in their order', () => {
  const { messages } = readRequest({
    messages: [
      { role: 'tool', tool_call_id: 'a', content: '1' },
      { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: '2' }] },
    ],
  })
  expect(messages.map(({ content }) => content)).toEqual([
    [{ kind: 'tool-result', callId: 'a', content: [{ kind: 'text', text: '1' }], isError: false }],
    [{ kind: 'tool-result', callId: 'b', content: [{ kind: 'text', text: '2' }], isError: false }],
  ])
})

test('A4.14 an assistant keeps both its text and its calls', () => {
  const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }
  expect(contentOf({ role: 'assistant', content: 'Let me see.', tool_calls: [call] })).toEqual([
    { kind: 'text', text: 'Let me see.' },
    { kind: 'tool-call', id: 'c1', name: 'f', arguments: '{"a":1}' },
  ])
  expect(contentOf({ role: 'assistant', content: '', tool_calls: [call] })).toHaveLength(1)
})

test('A4.15 arguments that are empty, broken or an object are taken as they are', () => {
  const argumentsOf = (value: unknown) =>
    contentOf({ role: 'assistant', tool_calls: [{ id: 'c', function: { name: 'f', arguments: value } }] })
  expect(argumentsOf('')).toMatchObject([{ arguments: '' }])
  expect(argumentsOf('{"a":')).toMatchObject([{ arguments: '{"a":' }])
  expect(argumentsOf({ a: 1 })).toMatchObject([{ arguments: '{"a":1}' }])
})

test('A4.16 every form of tool_choice', () => {
  const choice = (value: unknown) => readRequest({ tool_choice: value }).toolChoice
  const named = { type: 'function', function: { name: 'f' } }
  expect(['auto', 'none', 'required', 'any'].map(choice)).toEqual([
    { kind: 'auto' },
    { kind: 'none' },
    { kind: 'required' },
    { kind: 'required' },
  ])
  expect(choice(named)).toEqual({ kind: 'tool', name: 'f' })
  expect(choice({ type: 'custom', custom: { name: 'c' } })).toEqual({ kind: 'tool', name: 'c' })
  expect(choice({ type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [named] } })).toEqual({
    kind: 'allowed',
    mode: 'required',
    names: ['f'],
  })
  expect(readRequest({ tool_choice: { type: 'web' } }).extra).toEqual({ tool_choice: { type: 'web' } })
  expect(readRequest({ parallel_tool_calls: false }).parallelToolCalls).toBe(false)
})

test('A4.17 a schema is the very object that the client sent', () => {
  const parameters = { $defs: { a: { type: ['string', 'null'] } }, anyOf: [{ $ref: '#/$defs/a' }] }
  const [tool] = readRequest({ tools: [{ type: 'function', function: { name: 'f', parameters } }] }).tools
  expect(tool).toEqual({ kind: 'function', name: 'f', schema: parameters })
  expect(tool?.kind === 'function' && tool.schema === parameters).toBe(true)
})

test('A4.19 images as data URLs with parameters and as addresses, sounds and files', () => {
  const content = contentOf({
    role: 'user',
    content: [
      { type: 'image_url', image_url: { url: 'data:image/png;charset=utf-8;base64,AAAA', detail: 'low' } },
      { type: 'image_url', image_url: 'https://example.com/a.png' },
      { type: 'input_audio', input_audio: { data: 'BBBB', format: 'mp3' } },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,CCCC' } },
      { type: 'file', file: { file_id: 'file-1' } },
      { type: 'video_url', video_url: { url: 'https://example.com/a.mp4' } },
    ],
  })
  expect(content).toEqual([
    { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' }, detail: 'low' },
    { kind: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } },
    { kind: 'audio', source: { kind: 'base64', mediaType: 'audio/mpeg', data: 'BBBB' } },
    { kind: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: 'CCCC' }, name: 'a.pdf' },
    { kind: 'file', source: { kind: 'file-id', id: 'file-1', format: 'openai-chat' } },
    { kind: 'video', source: { kind: 'url', url: 'https://example.com/a.mp4' } },
  ])
})

test('A4.20 json_schema output, and formats that only some servers have', () => {
  const json_schema = { name: 'n', schema: { type: 'object' }, strict: true }
  expect(readRequest({ response_format: { type: 'json_schema', json_schema } }).output).toEqual({
    kind: 'json-schema',
    name: 'n',
    schema: { type: 'object' },
    isStrict: true,
  })
  expect(readRequest({ response_format: { type: 'json_object' } }).output).toEqual({ kind: 'json' })
  const grammar = { type: 'grammar', grammar: 'root ::= "a"' }
  expect(readRequest({ response_format: grammar }).extra).toEqual({ response_format: grammar })
})

test('A4.21 how much to think, in the words of OpenAI, OpenRouter and DeepSeek', () => {
  expect(readRequest({ reasoning_effort: 'high' }).reasoning).toEqual({ effort: 'high' })
  expect(readRequest({ reasoning: { max_tokens: 2000, exclude: true } }).reasoning).toEqual({
    budgetTokens: 2000,
    isShown: false,
  })
  expect(readRequest({ thinking: { type: 'enabled', budget_tokens: 10 } }).reasoning).toEqual({
    budgetTokens: 10,
  })
  expect(readRequest({ thinking: { type: 'disabled' } }).reasoning).toEqual({ effort: 'none' })
  expect(readRequest({ reasoning_effort: 'newest' })).toMatchObject({ extra: { reasoning_effort: 'newest' } })
})

test('A4.22 thoughts of a chat provider, and those of another that we packed, keep every byte', () => {
  const raw = {
    type: 'reasoning.text',
    text: 'Hm',
    signature: 'c2ln',
    format: 'anthropic-claude-v1',
    index: 0,
  }
  expect(
    contentOf({ role: 'assistant', content: 'A', reasoning: 'Hm', reasoning_details: [raw] }),
  ).toMatchObject([
    { kind: 'reasoning', text: 'Hm', signature: 'c2ln', from: 'openai-chat' },
    { kind: 'text' },
  ])
  const packed = {
    type: 'reasoning.text',
    text: 'Hm',
    signature: packProof({ from: 'anthropic', signature: '+/=' }),
  }
  expect(contentOf({ role: 'assistant', reasoning_details: [packed] })).toEqual([
    { kind: 'reasoning', text: 'Hm', signature: '+/=', from: 'anthropic' },
  ])
  const thought_signature = packProof({ from: 'gemini', signature: 'g==' })
  const call = { id: 'c', function: { name: 'f' }, extra_content: { google: { thought_signature } } }
  expect(contentOf({ role: 'assistant', tool_calls: [call] })).toEqual([
    { kind: 'tool-call', id: 'c', name: 'f', arguments: '', signature: 'g==', from: 'gemini' },
  ])
  expect(contentOf({ role: 'assistant', reasoning_content: 'So' })).toEqual([
    { kind: 'reasoning', text: 'So', from: 'openai-chat', extra: { field: 'reasoning_content' } },
  ])
})

test('functions and function_call, which came before tools', () => {
  const request = readRequest({
    functions: [{ name: 'f', description: 'd', parameters: { type: 'object' } }],
    function_call: { name: 'f' },
    messages: [
      ...hello,
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
      { role: 'function', name: 'f', content: '5' },
    ],
  })
  expect(request).toMatchObject({
    tools: [{ kind: 'function', name: 'f', description: 'd', schema: { type: 'object' } }],
    toolChoice: { kind: 'tool', name: 'f' },
    usesFunctions: true,
    parallelToolCalls: false,
    messages: [
      {},
      { role: 'assistant', content: [{ kind: 'tool-call', id: 'call_function_1', name: 'f' }] },
      { role: 'tool', content: [{ kind: 'tool-result', callId: 'call_function_1', name: 'f' }] },
    ],
  })
})

test('custom tools and their calls are OpenAI’s own', () => {
  const custom = { type: 'custom', custom: { name: 'patch' } }
  const call = { id: 'c', type: 'custom', custom: { name: 'patch', input: '*** Begin' } }
  const request = readRequest({ tools: [custom], messages: [{ role: 'assistant', tool_calls: [call] }] })
  expect(request.tools).toEqual([{ kind: 'provider', format: 'openai-chat', value: custom }])
  expect(request.messages[0]?.content).toEqual([{ kind: 'other', format: 'openai-chat', value: call }])
})

test('usage is told when it is asked for', () => {
  expect(readRequest({ stream: true }).wantsUsage).toBe(false)
  const request = readRequest({
    stream: true,
    stream_options: { include_usage: true, include_obfuscation: false },
  })
  expect(request).toMatchObject({
    wantsUsage: true,
    extra: { stream_options: { include_obfuscation: false } },
  })
})

test('what cannot be understood is refused, and the message names the field', () => {
  expect(paramOf({ model: '' })).toBe('validation_failed model')
  expect(paramOf({ messages: [] })).toBe('validation_failed messages')
  expect(paramOf({ messages: 'Hi' })).toBe('validation_failed messages')
  expect(paramOf({ messages: [...hello, 7] })).toBe('validation_failed messages[1]')
  expect(paramOf({ messages: [{ role: 'robot' }] })).toBe('validation_failed messages[0].role')
  expect(paramOf({ messages: [{ role: 'user', content: 7 }] })).toBe('validation_failed messages[0].content')
  expect(paramOf({ messages: [{ role: 'user', content: [{ type: 'text' }] }] })).toBe(
    'validation_failed messages[0].content[0].text',
  )
  expect(paramOf({ messages: [{ role: 'user', content: [{ type: 'image_url' }] }] })).toBe(
    'validation_failed messages[0].content[0].image_url.url',
  )
  expect(paramOf({ messages: [{ role: 'tool', content: 'x' }] })).toBe(
    'validation_failed messages[0].tool_call_id',
  )
  expect(paramOf({ messages: [{ role: 'function', name: 'f', content: 'x' }] })).toBe(
    'validation_failed messages[0].name',
  )
  expect(paramOf({ messages: [{ role: 'assistant', tool_calls: [{}] }] })).toBe(
    'validation_failed messages[0].tool_calls[0]',
  )
  expect(paramOf({ tools: [{ type: 'function', function: {} }] })).toBe(
    'validation_failed tools[0].function.name',
  )
  expect(paramOf({ temperature: 'hot' })).toBe('validation_failed temperature')
  expect(paramOf({ stream: 'yes' })).toBe('validation_failed stream')
})
