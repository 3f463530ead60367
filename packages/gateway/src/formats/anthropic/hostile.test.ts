import { isAppError } from '@ratchet/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bedrockConverse } from '../bedrock/codec.ts'
import { isJsonObject, type JsonObject } from '../parse-json.ts'
import { anthropicMessages } from './codec.ts'
import { countTokens } from './count-tokens.ts'

const names = [
  'type role content text system messages model max_tokens tools tool_choice name input_schema input id thinking',
  'signature data source media_type url file_id title tool_use_id is_error cache_control ttl citations cited_text',
  'output_config format schema effort budget_tokens display metadata user_id stop_sequences stream service_tier',
  'usage input_tokens output_tokens cache_creation cache_read_input_tokens index delta content_block message',
  'stop_reason stop_sequence partial_json citation error details error_code request_id output toolUse toolUseId',
  'reasoningContent reasoningText redactedContent contentBlockIndex start stopReason citationsContent image bytes',
  'citation location web sourceContent cacheDetails __proto__ constructor toString',
]
  .join(' ')
  .split(' ')
const words = [
  'text image document thinking redacted_thinking tool_use tool_result server_tool_use user assistant system auto',
  'any none tool enabled adaptive disabled base64 url file content ephemeral json_schema message error message_start',
  'content_block_start content_block_delta content_block_stop message_delta text_delta input_json_delta',
  'signature_delta citations_delta thinking_delta structured_answer end_turn object',
]
  .join(' ')
  .split(' ')

/** JSON out of the words of both formats, in places where they do not belong. */
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom<unknown>(...words, '', null, true, 0, -1, 1e21, 0.5),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...names), tie('json'), { maxKeys: 6 }),
  ),
}))
const body = json.map((value): JsonObject => (isJsonObject(value) ? value : { messages: value }))

/** Anything but a friendly refusal is a mistake of ours. */
function isSafe(act: () => unknown): boolean {
  try {
    act()
    return true
  } catch (error) {
    return isAppError(error) && error.status === 400
  }
}

test('A4.15 whatever a client sends is understood or refused with a 400, in either format', () => {
  const requests = fc.record({
    model: fc.constant('m'),
    messages: fc.array(
      fc.record({
        role: fc.constantFrom('user', 'assistant', 'system'),
        content: fc.oneof(json, fc.array(json)),
      }),
      { minLength: 1 },
    ),
    tools: fc.oneof(fc.constant(undefined), fc.array(json)),
    tool_choice: fc.oneof(fc.constant(undefined), json),
    output_config: fc.oneof(fc.constant(undefined), json),
    thinking: fc.oneof(fc.constant(undefined), json),
  })
  fc.assert(
    fc.property(fc.oneof(body, requests), fc.boolean(), (sent, dropUnsupported) => {
      const isUnderstood = isSafe(() => {
        const request = anthropicMessages.readRequest(sent, {})
        const options = { model: 'claude', dropUnsupported, abilities: {} }
        expect(Number.isSafeInteger(countTokens(request).input_tokens)).toBe(true)
        JSON.stringify(anthropicMessages.writeRequest(request, options).body)
        JSON.stringify(bedrockConverse.writeRequest(request, options).body)
      })
      expect(isUnderstood).toBe(true)
    }),
    { numRuns: 400 },
  )
})

test('whatever a provider answers is read without an exception', () => {
  fc.assert(
    fc.property(body, fc.integer({ min: 100, max: 599 }), (answer, status) => {
      for (const codec of [anthropicMessages, bedrockConverse]) {
        codec.readAnswer(answer)
        codec.readAnswer({ type: 'message', content: [answer], output: { message: { content: [answer] } } })
        expect(codec.readError(status, answer).status).toBeGreaterThanOrEqual(400)
        expect(codec.readError(status, JSON.stringify(answer)).message).not.toBe('')
      }
    }),
    { numRuns: 300 },
  )
})

test('A4.7 whatever a provider streams is read without an exception', () => {
  const types = [
    'contentBlockStart',
    'contentBlockDelta',
    'contentBlockStop',
    'messageStop',
    'metadata',
    'xException',
  ]
  const events = fc.array(fc.record({ event: fc.constantFrom(...types), json: body, index: fc.nat(2) }))
  fc.assert(
    fc.property(events, (sent) => {
      for (const codec of [anthropicMessages, bedrockConverse]) {
        const reader = codec.makeStreamReader()
        for (const { event, json, index } of sent) {
          const data = JSON.stringify({ ...json, index, contentBlockIndex: index })
          for (const read of reader.take({ event, data })) expect(typeof read.kind).toBe('string')
        }
        reader.finish()
      }
    }),
    { numRuns: 300 },
  )
})
