import { isJsonObject, type JsonObject } from './parse-json.ts'

/**
 * The events that a stream would have had, from a whole chat completion: for servers that answer a streaming
 * call with plain JSON. Undefined when the JSON is no chat completion.
 */
export function completionToChunks(json: JsonObject, wantsUsage: boolean): string | undefined {
  const choices = json['choices']
  if (!Array.isArray(choices) || choices.length === 0) return undefined
  const { usage, ...rest } = json
  const base = { ...rest, object: 'chat.completion.chunk' }
  const deltas = choices
    .filter(isJsonObject)
    .map(({ message, ...choice }) => ({ ...choice, delta: toDelta(message) }))
  const events = [
    { ...base, choices: deltas },
    ...(isJsonObject(usage) ? [{ ...base, choices: [], usage }] : []),
  ]
  const shown = wantsUsage ? events : events.slice(0, 2)
  return `${shown.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`
}

function toDelta(message: unknown): unknown {
  if (!isJsonObject(message) || !Array.isArray(message['tool_calls'])) return message
  return {
    ...message,
    tool_calls: message['tool_calls'].map((call: unknown, index) =>
      isJsonObject(call) ? { index, ...call } : call,
    ),
  }
}
