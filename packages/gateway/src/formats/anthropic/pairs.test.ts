import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { answerEvents } from '../../neutral/answer-events.ts'
import { collectAnswer } from '../../neutral/collect-answer.ts'
import type { AnswerOptions } from '../../neutral/codec.ts'
import type { FormatName } from '../../neutral/content.ts'
import type { NeutralEvent } from '../../neutral/neutral-answer.ts'
import { readStream } from '../../neutral/testing/read-stream.ts'
import { bedrockConverse } from '../bedrock/codec.ts'
import { openAiChat } from '../openai-chat/codec.ts'
import { anthropicMessages } from './codec.ts'

const file = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url))

function optionsFor(from: FormatName): AnswerOptions {
  const request = {
    from: 'anthropic' as const,
    model: 'team-default',
    messages: [],
    isStream: true,
    wantsUsage: true,
    tools: [],
    extra: {},
  }
  return { model: 'team-default', id: 'msg_own', createdS: 0, wantsUsage: true, request, from }
}

/** Writes as the gateway does: what one event of the provider gave, in one go. */
function writeEach(events: readonly NeutralEvent[], from: FormatName): string {
  const writer = anthropicMessages.makeStreamWriter(optionsFor(from))
  return events.map((event) => writer.write([event])).join('')
}

test('A4.32 A4.28 a chat stream with parallel calls becomes its golden Messages stream', () => {
  const events = readStream(openAiChat.makeStreamReader(), file('openai-chat/__fixtures__/openai-tools.sse'))
  expect(writeEach(events, 'openai-chat')).toBe(file('anthropic/__fixtures__/from-chat-tools.sse').toString())
})

test('A4.22 thoughts of Bedrock survive a turn through a client of Anthropic, byte for byte', () => {
  const { events } = JSON.parse(file('bedrock/__fixtures__/converse-stream.json').toString())
  const answer = collectAnswer(events, 'bedrock')
  const streamed = collectAnswer(
    readStream(anthropicMessages.makeStreamReader(), Buffer.from(writeEach(events, 'bedrock'))),
    'anthropic',
  )
  for (const told of [answer, streamed]) {
    const { content } = anthropicMessages.writeAnswer(told, optionsFor('bedrock'))
    const sent = {
      model: 'm',
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content },
      ],
    }
    const request = anthropicMessages.readRequest(JSON.parse(JSON.stringify(sent)), {})
    const options = { model: 'anthropic.claude', dropUnsupported: false, abilities: {} }
    const { body } = bedrockConverse.writeRequest(request, options)
    expect(body['messages']).toMatchObject([
      {},
      {
        content: [
          {
            reasoningContent: {
              reasoningText: {
                text: 'Zwei Städte – 東京 too.',
                signature: 'EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds+/==',
              },
            },
          },
          { reasoningContent: { redactedContent: 'AAECAw==' } },
          { text: 'It is 12 degrees.' },
          { toolUse: { toolUseId: 'tooluse_1', input: { city: 'Köln' } } },
        ],
      },
    ])
    const elsewhere = anthropicMessages.writeRequest(request, options)
    expect(JSON.stringify(elsewhere.body)).not.toContain('thinking')
  }
})

test('A4.40 a whole answer is told to a streaming client, and a stream to one that wants it whole', () => {
  const events = readStream(
    anthropicMessages.makeStreamReader(),
    file('anthropic/__fixtures__/thinking-and-tools.sse'),
  )
  const whole = collectAnswer(events, 'anthropic')
  const message = anthropicMessages.writeAnswer(whole, optionsFor('anthropic'))
  const read = anthropicMessages.readAnswer(JSON.parse(JSON.stringify(message)))!
  const text = anthropicMessages.makeStreamWriter(optionsFor('anthropic')).write(answerEvents(read))
  const again = collectAnswer(
    readStream(anthropicMessages.makeStreamReader(), Buffer.from(text)),
    'anthropic',
  )
  expect(anthropicMessages.writeAnswer(again, optionsFor('anthropic'))).toEqual(message)
})

test('A4.36 usage that comes beside content is counted, and told without being asked for', () => {
  const usage = {
    inputTokens: 9,
    outputTokens: 4,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  }
  const place = { choice: 0, part: 0 }
  const text = writeEach(
    [
      { kind: 'start', id: 'x', model: 'm', createdS: 0 },
      { kind: 'part-start', ...place, start: { kind: 'text' } },
      { kind: 'usage', usage },
      { kind: 'part-delta', ...place, text: 'Hi' },
      { kind: 'part-end', ...place },
      { kind: 'end' },
    ],
    'openai-chat',
  )
  expect(text).toContain('"usage":{"input_tokens":9,"cache_creation_input_tokens":0')
})
