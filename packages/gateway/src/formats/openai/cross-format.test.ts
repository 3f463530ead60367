import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerEvents } from '../../neutral/answer-events.ts'
import { collectAnswer } from '../../neutral/collect-answer.ts'
import type { NeutralAnswer, NeutralChoice, NeutralEvent } from '../../neutral/neutral-answer.ts'
import { arbitraryAnswerPart } from '../../neutral/testing/arbitrary-answer.ts'
import { arbitraryStream } from '../../neutral/testing/arbitrary-events.ts'
import { readStream } from '../../neutral/testing/read-stream.ts'
import { openAiChat } from '../openai-chat/codec.ts'
import { openAiResponses } from '../openai-responses/codec.ts'
import { exampleOptions } from './testing/example-options.ts'

const bytesOf = (folder: string, name: string) =>
  readFileSync(join(import.meta.dirname, '..', folder, '__fixtures__', `${name}.sse`))

test('a Responses stream for a chat client: texts, calls, thoughts with their proof, sources, usage', () => {
  const events = readStream(openAiResponses.makeStreamReader(), bytesOf('openai-responses', 'full'))
  const text = openAiChat.makeStreamWriter(exampleOptions('openai-chat')).write(events)
  const answer = collectAnswer(readStream(openAiChat.makeStreamReader(), Buffer.from(text)), 'openai-chat')
  expect(answer.choices).toMatchObject([
    {
      finish: 'tool-calls',
      parts: [
        {
          kind: 'reasoning',
          text: 'First thought.\n\nSecond.',
          extra: { field: 'reasoning_details', detail: { format: 'openai-responses-v1' } },
        },
        { kind: 'text', text: 'Bern 🐻 is fine.', citations: [{ url: 'https://bern.ch', start: 0, end: 4 }] },
        { kind: 'tool-call', id: 'call_1', name: 'weather', arguments: '{"city":"Bern"}' },
        {
          kind: 'other',
          value: { id: 'call_2', type: 'custom', custom: { name: 'patch', input: '*** Begin Patch' } },
        },
      ],
      logprobs: { content: [{ token: 'Bern 🐻' }, { token: ' is fine.' }] },
    },
  ])
  expect(text).not.toContain('web_search_call')
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
})

test('A4.30 usage detail has other names in the two formats, and the same counts', () => {
  const events = readStream(openAiResponses.makeStreamReader(), bytesOf('openai-responses', 'full'))
  const answer = collectAnswer(events, 'openai-responses')
  expect(openAiChat.writeAnswer(answer, exampleOptions('openai-chat'))['usage']).toMatchObject({
    prompt_tokens: 20,
    completion_tokens: 30,
    total_tokens: 50,
    prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
    completion_tokens_details: { reasoning_tokens: 11 },
  })
  const chat = collectAnswer(
    readStream(openAiChat.makeStreamReader(), bytesOf('openai-chat', 'openai-text')),
    'openai-chat',
  )
  expect(openAiResponses.writeAnswer(chat, exampleOptions('openai-responses'))['usage']).toEqual({
    input_tokens: 19,
    input_tokens_details: { cached_tokens: 8, cache_write_tokens: 4 },
    output_tokens: 10,
    output_tokens_details: { reasoning_tokens: 3 },
    total_tokens: 29,
  })
})

test('interleaved calls of a chat provider for a Responses client: each item’s deltas name it', () => {
  const events = readStream(openAiChat.makeStreamReader(), bytesOf('openai-chat', 'openai-tools'))
  const text = openAiResponses.makeStreamWriter(exampleOptions('openai-responses')).write(events)
  const answer = collectAnswer(
    readStream(openAiResponses.makeStreamReader(), Buffer.from(text)),
    'openai-responses',
  )
  expect(answer.choices[0]?.parts).toMatchObject([
    { kind: 'text', text: 'Let me see.' },
    { kind: 'tool-call', id: 'call_a', arguments: '{"city":"Bern"}' },
    { kind: 'tool-call', id: 'call_b', arguments: '{"zone":"CET"}' },
    { kind: 'tool-call', id: 'call_c', arguments: '{}' },
  ])
  expect(answer.choices[0]?.finish).toBe('tool-calls')
})

test('any stream keeps its texts, refusals and calls through both formats', () => {
  const shape = {
    from: 'gemini' as const,
    kinds: ['text', 'refusal', 'tool-call'] as const,
    maxChoices: 1,
  }
  fc.assert(
    fc.property(arbitraryStream(shape), ({ answer, events }) => {
      const last = throughBoth(events)
      expect(last.usage).toEqual(answer.usage)
      expect(last.choices.map(sums)).toEqual(answer.choices.map(sums))
    }),
  )
})

test('A4.22 a thought keeps its words and its proof through both formats', () => {
  const thought = arbitraryAnswerPart('reasoning', 'anthropic')
  fc.assert(
    fc.property(thought, (part) => {
      const choice = { index: 0, parts: [part], finish: 'stop' as const, finishRaw: 'stop' }
      const events = answerEvents({ id: 'a', model: 'm', createdS: 1, choices: [choice] })
      const parts = throughBoth(events).choices[0]?.parts
      expect(parts).toHaveLength(1)
      const message = openAiChat.writeAnswer(throughBoth(events), exampleOptions('openai-chat'))
      expect(textsOf(parts ?? [], 'reasoning')).toBe('text' in part ? part.text : '')
      const isSigned = part.kind === 'reasoning' && part.signature !== undefined
      expect(JSON.stringify(message).includes('reasoning_details')).toBe(isSigned)
    }),
  )
})

function throughBoth(events: readonly NeutralEvent[]): NeutralAnswer {
  const responses = openAiResponses.makeStreamWriter(exampleOptions('openai-responses')).write(events)
  const between = readStream(openAiResponses.makeStreamReader(), Buffer.from(responses))
  const chat = openAiChat.makeStreamWriter(exampleOptions('openai-chat')).write(between)
  return collectAnswer(readStream(openAiChat.makeStreamReader(), Buffer.from(chat)), 'openai-chat')
}

/** What is left when order and borders of parts are those of the narrower format. */
function sums({ parts }: NeutralChoice) {
  const calls = parts.flatMap((part) =>
    part.kind === 'tool-call' ? [`${part.id} ${part.name} ${part.arguments}`] : [],
  )
  return {
    text: textsOf(parts, 'text'),
    refusal: textsOf(parts, 'refusal'),
    calls: calls.toSorted(),
  }
}

function textsOf(parts: NeutralChoice['parts'], kind: string): string {
  return parts.map((part) => (part.kind === kind && 'text' in part ? part.text : '')).join('')
}
