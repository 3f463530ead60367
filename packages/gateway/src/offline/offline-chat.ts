import {
  answerOffline,
  estimateTokens,
  readOfflineRequest,
  streamPieces,
  type OfflineAnswer,
} from '@ratchet/core/offline'
import type { Usage } from '@ratchet/contract'
import type { JsonObject } from '../formats/parse-json.ts'
import { estimateUsage } from '../formats/estimate-usage.ts'

/** An answer of `offline/extractive`, whole and in pieces, in OpenAI's format. */
export type OfflineChat = {
  readonly completion: JsonObject
  readonly chunks: readonly { readonly json: JsonObject; readonly text: string }[]
  /** The chunk after the last one, for callers that asked for usage. */
  readonly usageChunk: JsonObject
  readonly usage: Usage
  readonly output: string
  readonly finishReason: string
}

/** Answers a chat without a model. The same request gets the same text; ids and time are passed in. */
export function chatOffline(
  json: JsonObject,
  parts: { id: string; createdS: number; model: string },
): OfflineChat {
  const answer = answerOffline(readOfflineRequest(json))
  const output = answer.kind === 'text' ? answer.text : JSON.stringify({ tool_calls: toToolCalls(answer) })
  const usage = { ...estimateUsage(json['messages'], ''), outputTokens: estimateTokens(output) }
  const shownUsage = {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
  }
  const base = { id: parts.id, created: parts.createdS, model: parts.model }
  const chunkBase = { ...base, object: 'chat.completion.chunk' }
  const chunk = (delta: object, finish_reason: string | null, text = '') => ({
    text,
    json: { ...chunkBase, choices: [{ index: 0, delta, logprobs: null, finish_reason }] },
  })
  return {
    completion: {
      ...base,
      object: 'chat.completion',
      choices: [{ index: 0, message: toMessage(answer), logprobs: null, finish_reason: answer.finishReason }],
      usage: shownUsage,
    },
    chunks: [
      chunk({ role: 'assistant', content: answer.kind === 'text' ? '' : null, refusal: null }, null),
      ...toDeltas(answer).map(({ delta, text }) => chunk(delta, null, text)),
      chunk({}, answer.finishReason),
    ],
    usageChunk: { ...chunkBase, choices: [], usage: shownUsage },
    usage,
    output,
    finishReason: answer.finishReason,
  }
}

type ToolAnswer = Extract<OfflineAnswer, { kind: 'tool-calls' }>

function toToolCalls(answer: ToolAnswer) {
  return answer.toolCalls.map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
  }))
}

function toMessage(answer: OfflineAnswer): object {
  if (answer.kind === 'text') return { role: 'assistant', content: answer.text, refusal: null }
  return { role: 'assistant', content: null, refusal: null, tool_calls: toToolCalls(answer) }
}

function toDeltas(answer: OfflineAnswer): { delta: object; text: string }[] {
  if (answer.kind === 'text')
    return streamPieces(answer.text).map((text) => ({ delta: { content: text }, text }))
  return toToolCalls(answer).flatMap((call, index) => [
    {
      delta: { tool_calls: [{ index, ...call, function: { name: call.function.name, arguments: '' } }] },
      text: '',
    },
    ...streamPieces(call.function.arguments).map((text) => ({
      delta: { tool_calls: [{ index, function: { arguments: text } }] },
      text,
    })),
  ])
}
