import type { ChatApi } from '../apis/client-api.ts'
import type { Exchange } from '../calls/exchange.ts'
import type { ModelRequest } from '../formats/chat-request.ts'
import type { AnswerOptions } from '../neutral/codec.ts'
import type { NeutralRequest } from '../neutral/neutral-request.ts'

/** How an answer is written for the client of a call. */
export function answerOptions(call: {
  readonly exchange: Exchange
  readonly api: ChatApi
  readonly request: ModelRequest
  neutral(): NeutralRequest
}): AnswerOptions {
  const { exchange, api, request } = call
  return {
    model: request.model,
    id: exchange.spanId,
    createdS: Math.floor(exchange.startUs / 1_000_000),
    wantsUsage: request.wantsUsage,
    request: call.neutral(),
    ...(api.streamFraming === undefined ? {} : { streamFraming: api.streamFraming }),
  }
}
