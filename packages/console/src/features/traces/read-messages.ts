/** One message of a conversation, reduced to what a person reads. */
export type ReadMessage = { readonly role: string; readonly text: string }

/**
 * Finds a conversation in a span's input or output: a list of messages, or an object with `messages` (or one
 * `message`). Undefined when it is something else; then the tree shows it.
 */
export function readMessages(value: unknown): readonly ReadMessage[] | undefined {
  if (Array.isArray(value)) {
    const messages = value.map(readMessage)
    return messages.length > 0 && messages.every((message) => message !== undefined) ? messages : undefined
  }
  if (!isRecord(value)) return undefined
  if (Array.isArray(value['messages'])) return readMessages(value['messages'])
  const single = readMessage(value['message'] ?? value)
  return single === undefined ? undefined : [single]
}

function readMessage(value: unknown): ReadMessage | undefined {
  if (!isRecord(value) || typeof value['role'] !== 'string') return undefined
  const text = [readContent(value['content']), readToolCalls(value['tool_calls'])]
    .filter((part) => part !== '')
    .join('\n\n')
  return { role: value['role'], text }
}

function readContent(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .map((part: unknown) => {
      if (!isRecord(part)) return String(part)
      if (typeof part['text'] === 'string') return part['text']
      return `[${typeof part['type'] === 'string' ? part['type'] : 'part'}]`
    })
    .join('\n')
}

function readToolCalls(calls: unknown): string {
  if (!Array.isArray(calls)) return ''
  return calls
    .map((call: unknown) => {
      const target = isRecord(call) && isRecord(call['function']) ? call['function'] : undefined
      return target === undefined
        ? '[tool call]'
        : `${String(target['name'])}(${String(target['arguments'])})`
    })
    .join('\n')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
