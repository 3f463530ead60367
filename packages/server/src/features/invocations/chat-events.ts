import { usage as usageSchema, type InvocationEvent, type Usage } from '@ratchet/contract'
import type { ChatPiece } from './read-chat-stream.ts'

type ToolCall = { id: string; name: string; arguments: string }

/**
 * Tells a chat stream as invocation events: text as it comes, then one `finished`. Tool calls end up in
 * `outputs.toolCalls`. A stream without `[DONE]` was cut off and fails, however much text it brought.
 */
export async function* chatEvents(
  pieces: AsyncIterable<ChatPiece>,
  elapsedMs: () => number,
): AsyncGenerator<InvocationEvent> {
  let text = ''
  let firstTextMs: number | undefined
  let finishReason = ''
  let usage: Usage = usageSchema.parse({})
  let costNano = 0
  // Without a word about it, the cost is unknown and not zero.
  let costKnown = false
  const toolCalls: ToolCall[] = []
  for await (const piece of pieces) {
    switch (piece.kind) {
      case 'text':
        firstTextMs ??= elapsedMs()
        text += piece.text
        yield { type: 'text', text: piece.text }
        break
      case 'tool-call': {
        const call = (toolCalls[piece.index] ??= { id: '', name: '', arguments: '' })
        call.id += piece.id
        call.name += piece.name
        call.arguments += piece.arguments
        break
      }
      case 'finish':
        finishReason = piece.reason
        break
      case 'usage':
        usage = piece.usage
        break
      case 'cost':
        costNano = piece.costNano
        costKnown = piece.isKnown
        break
      case 'error': {
        const code = String(piece.error.code ?? piece.error.type ?? 'provider_error')
        yield { type: 'failed', error: { code, message: piece.error.message } }
        return
      }
      case 'done':
        yield {
          type: 'finished',
          text,
          outputs: toolCalls.length === 0 ? {} : { toolCalls: toolCalls.filter(Boolean) },
          usage,
          costNano,
          costKnown,
          finishReason,
          durationMs: elapsedMs(),
          ...(firstTextMs === undefined ? {} : { firstTextMs }),
        }
        return
    }
  }
}
