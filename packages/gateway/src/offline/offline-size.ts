import { AppError } from '@ratchet/contract'
import { readOfflineRequest } from '@ratchet/core/offline'
import type { JsonObject } from '../formats/parse-json.ts'

/** About 125,000 tokens. One thread serves all, so a longer text would keep the others waiting. */
const longestChars = 500_000

/** Throws `validation_failed` for a chat with more text than `offline/extractive` reads. */
export function checkChatSize(json: JsonObject): void {
  const { messages, tools = [], responseFormat } = readOfflineRequest(json)
  let chars = JSON.stringify({ tools, responseFormat }).length
  for (const { content } of messages) {
    if (typeof content === 'string') chars += content.length
    else for (const part of content ?? []) if (typeof part['text'] === 'string') chars += part['text'].length
  }
  if (chars > longestChars) throw tooLong('extractive', chars, 'messages')
}

/** Throws `validation_failed` for more text than `offline/embedding` embeds in one call. */
export function checkEmbeddingSize({ input }: JsonObject): void {
  const texts: readonly unknown[] = Array.isArray(input) ? input : [input]
  let chars = 0
  for (const text of texts) if (typeof text === 'string') chars += text.length
  if (chars > longestChars) throw tooLong('embedding', chars, 'input')
}

/** Throws `validation_failed` for more text than `offline/rerank` compares in one call. */
export function checkRerankSize(texts: readonly string[]): void {
  const chars = texts.reduce((sum, text) => sum + text.length, 0)
  if (chars > longestChars) throw tooLong('rerank', chars, 'documents')
}

function tooLong(model: string, chars: number, param: string): AppError {
  return new AppError('validation_failed', {
    message: `The request has ${chars} characters of text; offline/${model} reads at most ${longestChars} in one call. Send less.`,
    details: { param, chars, longestChars },
  })
}
