import type { Usage } from '@ratchet/contract'
import { isJsonObject, parseJsonOr } from './parse-json.ts'
import { readUsage } from './read-usage.ts'

/** What accounting and traces want of an answer. */
export type AnswerFacts = {
  /** The text, or JSON of the tool calls; of several choices, JSON of all. */
  readonly output: string
  readonly finishReason: string
  readonly usage: Usage | undefined
}

/** Reads a whole chat completion; tolerant, because servers leave fields out. Undefined when it is no JSON object. */
export function readChatAnswer(answer: Buffer): AnswerFacts | undefined {
  const json = parseJsonOr(answer.toString())
  if (!isJsonObject(json)) return undefined
  const choices = Array.isArray(json['choices']) ? json['choices'].filter(isJsonObject) : []
  const [first] = choices
  const finish = first?.['finish_reason']
  const outputs = choices.map((choice) => messageOutput(choice['message']))
  return {
    output: outputs.length > 1 ? JSON.stringify(outputs) : (outputs[0] ?? ''),
    finishReason: typeof finish === 'string' ? finish : '',
    usage: readUsage(json['usage']),
  }
}

function messageOutput(message: unknown): string {
  if (!isJsonObject(message)) return ''
  const calls = message['tool_calls']
  const text = typeof message['content'] === 'string' ? message['content'] : ''
  if (Array.isArray(calls) && calls.length > 0) {
    return JSON.stringify(text === '' ? { tool_calls: calls } : { content: text, tool_calls: calls })
  }
  if (text !== '') return text
  return typeof message['refusal'] === 'string' ? message['refusal'] : ''
}
