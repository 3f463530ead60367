import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ContentPart } from '../../../neutral/content.ts'
import type { NeutralAnswer, NeutralChoice } from '../../../neutral/neutral-answer.ts'
import { arbitraryAnswer } from '../../../neutral/testing/arbitrary-answer.ts'
import { exampleOptions } from '../../openai/testing/example-options.ts'
import type { JsonObject } from '../../parse-json.ts'
import { readRequest } from '../request/read-request.ts'
import { readAnswer } from './read-answer.ts'
import { writeAnswer } from './write-answer.ts'

const options = exampleOptions('openai-chat')
const answerWith = (parts: readonly ContentPart[], more: Partial<NeutralChoice> = {}): NeutralAnswer => ({
  id: 'a1',
  model: 'm',
  createdS: 5,
  choices: [{ index: 0, parts, finish: 'stop', finishRaw: 'stop', ...more }],
})
const written = (parts: readonly ContentPart[], more: Partial<NeutralChoice> = {}, choose = options) =>
  JSON.parse(JSON.stringify(writeAnswer(answerWith(parts, more), choose))).choices[0]
const choiceOf = (message: JsonObject, finish_reason: unknown = 'stop') =>
  readAnswer({ id: 'x', choices: [{ message, finish_reason }] })?.choices[0]
const call: ContentPart = { kind: 'tool-call', id: 'c', name: 'f', arguments: '' }

test('what is written for a client and read again holds the same texts, calls, refusals and ends', () => {
  const shape = {
    from: 'openai-chat' as const,
    kinds: ['text', 'tool-call', 'refusal'] as const,
    maxChoices: 3,
  }
  fc.assert(
    fc.property(arbitraryAnswer(shape), (answer) => {
      const again = readAnswer(writeAnswer(answer, options))
      expect(again).toMatchObject({ id: answer.id, createdS: answer.createdS, model: options.model })
      expect(again?.usage).toEqual(answer.usage)
      expect(again?.choices.map(sums)).toEqual(answer.choices.map(sums))
      expect(again?.choices.map(({ logprobs }) => logprobs)).toEqual(
        answer.choices.map(({ logprobs }) => logprobs),
      )
    }),
  )
})

/** One message has one text and one refusal, whatever the order of its parts. */
function sums({ parts }: NeutralChoice) {
  const textsOf = (kind: 'text' | 'refusal') =>
    parts.map((part) => (part.kind === kind && 'text' in part ? part.text : '')).join('')
  const calls = parts.filter((part) => part.kind === 'tool-call')
  return { text: textsOf('text'), refusal: textsOf('refusal'), calls }
}

test('A4.25 every way to end, in the words of chat completions', () => {
  const reason = (finish: NeutralChoice['finish'], finishRaw: string) => {
    const { finish_reason, native_finish_reason } = written([{ kind: 'text', text: 'A' }], {
      finish,
      finishRaw,
    })
    return [finish_reason, native_finish_reason]
  }
  expect(reason('stop', 'end_turn')).toEqual(['stop', undefined])
  expect(reason('length', 'MAX_TOKENS')).toEqual(['length', undefined])
  expect(reason('content-filter', 'SAFETY')).toEqual(['content_filter', 'SAFETY'])
  expect(reason('refusal', 'refusal')).toEqual(['content_filter', 'refusal'])
  expect(reason('pause', 'pause_turn')).toEqual(['length', 'pause_turn'])
  expect(reason('malformed-call', 'MALFORMED_FUNCTION_CALL')).toEqual(['stop', 'MALFORMED_FUNCTION_CALL'])
  expect(reason('unknown', 'BRAND_NEW')).toEqual(['stop', 'BRAND_NEW'])
  expect(written([call], { finish: 'tool-calls', finishRaw: 'tool_use' }).finish_reason).toBe('tool_calls')
  expect(written([{ kind: 'refusal', text: 'No.' }], { finish: 'refusal', finishRaw: 'stop' })).toMatchObject(
    {
      finish_reason: 'stop',
      message: { content: null, refusal: 'No.' },
    },
  )
})

test('A4.25 words of other servers are read, unknown ones are kept', () => {
  const read = (word: unknown) => {
    const choice = choiceOf({ content: 'A' }, word)
    return [choice?.finish, choice?.finishRaw]
  }
  expect(read('eos')).toEqual(['stop', 'eos'])
  expect(read('model_length')).toEqual(['length', 'model_length'])
  expect(read('content_filter')).toEqual(['content-filter', 'content_filter'])
  expect(read('insufficient_system_resource')).toEqual(['unknown', 'insufficient_system_resource'])
  expect(read(null)).toEqual(['unknown', ''])
})

test('A4.27 content is null beside calls and "" when nothing was said', () => {
  expect(written([call]).message).toMatchObject({ content: null, refusal: null })
  expect(written([{ kind: 'text', text: 'A' }, call]).message.content).toBe('A')
  expect(written([]).message.content).toBe('')
  expect(choiceOf({ content: null })?.parts).toEqual([])
  expect(choiceOf({ content: '' })?.parts).toEqual([])
})

test('A4.33 a call without arguments has {}', () => {
  expect(written([call]).message.tool_calls).toEqual([
    { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } },
  ])
})

test('A4.30 usage in detail, where each server puts it', () => {
  const usageOf = (usage: unknown, more: JsonObject = {}) =>
    readAnswer({ choices: [], usage, ...more })?.usage
  const full = {
    prompt_tokens: 10,
    completion_tokens: 4,
    prompt_tokens_details: { cached_tokens: 6, cache_write_tokens: 2 },
    completion_tokens_details: { reasoning_tokens: 3 },
  }
  expect(usageOf(full)).toEqual({
    inputTokens: 10,
    outputTokens: 4,
    cachedInputTokens: 6,
    cacheWriteTokens: 2,
    reasoningTokens: 3,
  })
  expect(usageOf({ prompt_tokens: 10, completion_tokens: 1, prompt_cache_hit_tokens: 7 })).toMatchObject({
    cachedInputTokens: 7,
  })
  // xAI counts thoughts beside the completion; the total tells.
  const grok = { prompt_tokens: 10, completion_tokens: 4, total_tokens: 19 }
  expect(usageOf({ ...grok, completion_tokens_details: { reasoning_tokens: 5 } })).toMatchObject({
    outputTokens: 9,
  })
  expect(
    usageOf(undefined, { choices: [{ usage: { prompt_tokens: 1, completion_tokens: 2 } }] }),
  ).toMatchObject({
    outputTokens: 2,
  })
  expect(usageOf({ prompt_tokens: 'many' })).toBeUndefined()
})

test('A4.22 thoughts of another provider reach a chat client with their proof, and come back byte for byte', () => {
  const parts: ContentPart[] = [
    { kind: 'reasoning', text: 'Hm.', signature: 'EqQ+/=', from: 'anthropic' },
    { kind: 'reasoning', text: '', encrypted: 'abc==', isRedacted: true, from: 'anthropic' },
    { kind: 'reasoning', text: 'So.', encrypted: 'gAAA', id: 'rs_1', from: 'openai-responses' },
    { kind: 'text', text: 'A', signature: 'tx=' },
    { kind: 'tool-call', id: 'c', name: 'f', arguments: '{}', signature: 'CsY=', from: 'gemini' },
  ]
  const { message } = written(parts)
  expect(message.reasoning_content).toBe('Hm.So.')
  const again = readRequest({ model: 'm', messages: [message] }).messages[0]?.content
  expect(again).toEqual(parts)
})

test('thoughts without proof are a text only', () => {
  const { message } = written([{ kind: 'reasoning', text: 'Hm.', from: 'openai-chat' }])
  expect(message).toMatchObject({ reasoning_content: 'Hm.', content: '' })
  expect(message).not.toHaveProperty('reasoning_details')
})

test('A4.22 OpenRouter’s details pass through a chat client unchanged', () => {
  const details = [
    { type: 'reasoning.summary', summary: 'S', format: 'openai-responses-v1', index: 0, id: null },
    { type: 'reasoning.encrypted', data: 'gAAA', id: 'rs_1', format: 'openai-responses-v1', index: 0 },
    { type: 'reasoning.text', text: 'T', signature: 'sig', format: 'anthropic-claude-v1', index: 1 },
  ]
  const parts = choiceOf({ content: 'A', reasoning_details: details })?.parts ?? []
  const { message } = written(parts)
  expect(message.reasoning_details).toEqual(details)
})

test('sources of another format are told as addresses, counted from the beginning of the message', () => {
  const citation = {
    start: 1,
    end: 3,
    url: 'https://e.com',
    quote: 'q',
    raw: { format: 'anthropic' as const, value: {} },
  }
  const nameless = { raw: { format: 'anthropic' as const, value: {} } }
  const { message } = written([
    { kind: 'text', text: 'Four' },
    { kind: 'text', text: 'more', citations: [citation, nameless] },
  ])
  expect(message.annotations).toEqual([
    {
      type: 'url_citation',
      url_citation: {
        start_index: 5,
        end_index: 7,
        url: 'https://e.com',
        title: 'https://e.com',
        content: 'q',
      },
    },
  ])
})

test('clients that speak functions get function_call', () => {
  const choose = exampleOptions('openai-chat', { usesFunctions: true })
  expect(written([call], { finish: 'tool-calls', finishRaw: 'tool_calls' }, choose)).toMatchObject({
    message: { content: null, function_call: { name: 'f', arguments: '{}' } },
    finish_reason: 'function_call',
  })
})

test('images and sounds that a model made', () => {
  const image: ContentPart = {
    kind: 'image',
    source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' },
  }
  const extra = { id: 'audio_1', expires_at: 9, transcript: 'Hi' }
  const audio: ContentPart = {
    kind: 'audio',
    source: { kind: 'base64', mediaType: 'audio/wav', data: 'BBBB' },
    extra,
  }
  const { message } = written([image, audio])
  expect(message).toMatchObject({
    images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }],
    audio: { ...extra, data: 'BBBB' },
  })
  expect(choiceOf(message)?.parts).toMatchObject([
    { kind: 'image' },
    { kind: 'audio', source: { data: 'BBBB' } },
  ])
})

test('JSON that is no answer is none', () => {
  expect(readAnswer({})).toBeUndefined()
  expect(readAnswer({ choices: 'none' })).toBeUndefined()
  expect(readAnswer({ choices: [7, null, {}] })?.choices).toHaveLength(1)
})
