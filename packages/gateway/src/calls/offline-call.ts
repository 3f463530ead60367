import { AppError } from '@ratchet/contract'
import type { ModelRequest } from '../formats/chat-request.ts'
import { chatOffline, type OfflineChat } from '../providers/offline-chat.ts'
import { embedOffline } from '../providers/offline-embeddings.ts'
import type { ClientWatcher, Exchange } from './exchange.ts'
import { describeModelCall, type ModelOutcome } from './model-span.ts'
import type { ModelTarget } from './resolve-model.ts'
import { StreamResponse, type StreamSource } from './stream-response.ts'

/** Answers a chat with `offline/extractive`, which runs in this process. */
export function answerOfflineChat(exchange: Exchange, request: ModelRequest, target: ModelTarget): void {
  if (target.model !== 'extractive')
    throw wrongModel(request.model, 'chat', `${target.connection.name}/extractive`)
  const chat = chatOffline(request.json, {
    id: `chatcmpl-${exchange.spanId}`,
    createdS: Math.floor(Date.now() / 1000),
    model: request.model,
  })
  if (request.isStream) return new OfflineStream(exchange, request, target, chat).start()
  const { usage, output, finishReason } = chat
  const span = describeModelCall(exchange, request, target, { status: 'ok', usage, output, finishReason })
  exchange.writeSpan(span, () => exchange.sendJson(200, withCost(exchange, chat.completion)))
}

/** Answers an embeddings request with `offline/embedding`. */
export function answerOfflineEmbeddings(
  exchange: Exchange,
  request: ModelRequest,
  target: ModelTarget,
): void {
  if (target.model !== 'embedding')
    throw wrongModel(request.model, 'embeddings', `${target.connection.name}/embedding`)
  const { answer, vectors, inputTokens } = embedOffline(request.json, request.model)
  const usage = {
    inputTokens,
    outputTokens: 0,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  }
  const output = JSON.stringify({ vectors })
  const span = describeModelCall(exchange, request, target, { status: 'ok', usage, output })
  exchange.writeSpan(span, () => exchange.sendJson(200, withCost(exchange, answer)))
}

class OfflineStream implements ClientWatcher, StreamSource {
  readonly #exchange: Exchange
  readonly #chat: OfflineChat
  readonly #stream: StreamResponse
  readonly #describe: (outcome: ModelOutcome) => ReturnType<typeof describeModelCall>
  readonly #wantsUsage: boolean
  #next = 0
  #isPaused = false
  #isGone = false
  #sent = ''
  #firstTokenUs = 0

  constructor(exchange: Exchange, request: ModelRequest, target: ModelTarget, chat: OfflineChat) {
    this.#exchange = exchange
    this.#chat = chat
    this.#wantsUsage = request.wantsUsage
    this.#describe = (outcome) => describeModelCall(exchange, request, target, outcome)
    this.#stream = new StreamResponse(exchange, this)
  }

  start(): void {
    this.#exchange.owner = this
    this.#writeNext()
  }

  /** One piece per turn of the event loop, so that other calls go on and each piece is its own write. */
  #writeNext(): void {
    if (this.#isGone || this.#isPaused) return
    const piece = this.#chat.chunks[this.#next++]
    if (piece === undefined) return this.#finish()
    if (piece.text !== '') this.#countText(piece.text)
    this.#stream.write([toEvent(piece.json)])
    if (!this.#isPaused) setImmediate(() => this.#exchange.guard(() => this.#writeNext()))
  }

  #countText(text: string): void {
    this.#sent += text
    if (this.#firstTokenUs > 0) return
    const afterMs = this.#exchange.elapsedMs()
    this.#firstTokenUs = Math.max(1, Math.round(afterMs * 1000))
    this.#exchange.parts.metrics.countFirstToken(afterMs)
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#writeNext()
  }

  #finish(): void {
    const { usage, output, finishReason, usageChunk } = this.#chat
    this.#exchange.owner = undefined
    const outcome = { status: 'ok', usage, output, finishReason, firstTokenUs: this.#firstTokenUs } as const
    const last = this.#wantsUsage ? [toEvent(withCost(this.#exchange, usageChunk))] : []
    this.#exchange.writeSpan(this.#describe(outcome), () =>
      this.#stream.end(Buffer.concat([...last, Buffer.from('data: [DONE]\n\n')])),
    )
  }

  onClientGone(): void {
    this.#isGone = true
    const error = { code: 'client_closed', message: 'The client went away during the answer.' }
    const outcome = {
      status: 'cancelled',
      output: this.#sent,
      firstTokenUs: this.#firstTokenUs,
      error,
    } as const
    this.#exchange.writeSpan(this.#describe(outcome), () => this.#stream.close())
  }
}

function toEvent(json: object): Buffer {
  return Buffer.from(`data: ${JSON.stringify(json)}\n\n`)
}

/** Our own processes are told the cost of each call. */
function withCost(exchange: Exchange, answer: object): object {
  return exchange.caller?.kind === 'token' ? { ...answer, ratchet: { costNano: 0, costKnown: true } } : answer
}

function wrongModel(model: string, use: string, right: string): AppError {
  return new AppError('model_unsupported', {
    message: `The model "${model}" cannot be used for ${use}; "${right}" can.`,
    details: { param: 'model', model },
  })
}
