import type { Usage } from '@ratchet/contract'
import type { ModelAnswer } from '../flows/execution-parts.ts'
import type { ChatChunk, ToolCallPiece } from './chat-chunk.ts'

type ToolCall = { id: string; type: string; function: { name: string; arguments: string } }

const noUsage: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
}

/** Puts the first choice of a stream of chunks together. */
export class AnswerCollector {
  readonly #onText: ((text: string) => void) | undefined
  readonly #texts: string[] = []
  readonly #toolCalls = new Map<number, ToolCall>()
  #refusal = ''
  #finishReason = ''
  #usage = noUsage
  #costNano: number | undefined
  #costKnown = true

  constructor(onText: ((text: string) => void) | undefined) {
    this.#onText = onText
  }

  add(chunk: ChatChunk): void {
    const choice = chunk.choices?.[0]
    const text = choice?.delta?.content ?? ''
    if (text !== '') {
      this.#texts.push(text)
      this.#onText?.(text)
    }
    this.#refusal += choice?.delta?.refusal ?? ''
    for (const [position, piece] of (choice?.delta?.tool_calls ?? []).entries())
      this.#addCall(piece, position)
    this.#finishReason = choice?.finish_reason ?? this.#finishReason
    this.#usage = chunk.usage ?? this.#usage
    this.#costNano = chunk.ratchet?.costNano ?? this.#costNano
    this.#costKnown = chunk.ratchet?.costKnown ?? this.#costKnown
  }

  /** The answer so far; a refusal counts as the text of an answer without text. */
  answer(): ModelAnswer {
    return {
      text: this.#texts.join('') || this.#refusal,
      toolCalls: [...this.#toolCalls.entries()].toSorted(([a], [b]) => a - b).map(([, call]) => call),
      finishReason: this.#finishReason,
      usage: this.#usage,
      costNano: this.#costNano,
      costKnown: this.#costNano !== undefined && this.#costKnown,
    }
  }

  #addCall(piece: ToolCallPiece, position: number): void {
    const index = piece.index ?? position
    const call = this.#toolCalls.get(index) ?? {
      id: '',
      type: 'function',
      function: { name: '', arguments: '' },
    }
    call.id ||= piece.id ?? ''
    call.function.name += piece.function?.name ?? ''
    call.function.arguments += piece.function?.arguments ?? ''
    this.#toolCalls.set(index, call)
  }
}
