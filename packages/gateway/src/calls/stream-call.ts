import type { AppError } from '@ratchet/contract'
import type { ModelRequest } from '../formats/chat-request.ts'
import { completionToChunks } from '../formats/completion-to-chunks.ts'
import { isJsonObject, parseJsonOr } from '../formats/parse-json.ts'
import { SseParser, type SseBlock } from '../formats/sse-parser.ts'
import { StreamFacts } from '../formats/stream-facts.ts'
import { toOpenAiError } from '../http/open-ai-error.ts'
import { readErrorMember } from '../providers/provider-error.ts'
import { passHeaders } from '../providers/response-headers.ts'
import { priceCall } from './call-span.ts'
import { CollectedBytes } from './collected-bytes.ts'
import type { Exchange } from './exchange.ts'
import { describeModelCall, type ModelOutcome } from './model-span.ts'
import type { ModelTarget } from './resolve-model.ts'
import { StreamResponse } from './stream-response.ts'
import { streamCut } from './stream-cut.ts'
import { UpstreamCall } from './upstream-call.ts'

const wholeLimitBytes = 16 * 1024 * 1024
const doneBlock = Buffer.from('data: [DONE]\n\n')

/**
 * A streamed call. Bytes pass to the client as they came, event by event; only the usage event that we asked
 * for and the caller did not is held back. The end is written after the span is on disk.
 */
export class StreamCall extends UpstreamCall {
  readonly #request: ModelRequest
  readonly #stream: StreamResponse
  readonly #parser = new SseParser()
  readonly #facts = new StreamFacts()
  /** For an answer that is not an event stream: an error, or JSON all at once. */
  #whole: CollectedBytes | undefined
  #contentType = ''
  #firstTokenUs = 0

  constructor(exchange: Exchange, target: ModelTarget, request: ModelRequest) {
    super(exchange, target)
    this.#request = request
    this.#stream = new StreamResponse(exchange, this)
  }

  protected override onAnswerStart(contentType: string): void {
    this.#contentType = contentType
    this.#stream.headers = passHeaders(this.providerHeaders)
    if (this.status >= 300 || !contentType.includes('event-stream'))
      this.#whole = new CollectedBytes(wholeLimitBytes)
  }

  protected override onAnswerBytes(chunk: Buffer): void {
    if (this.#whole !== undefined) {
      if (!this.#whole.add(chunk))
        this.fail(this.describeBadAnswer(`answered more than ${wholeLimitBytes} bytes`))
      return
    }
    let blocks: SseBlock[]
    try {
      blocks = this.#parser.push(chunk)
    } catch (error) {
      return this.fail(this.describeBadAnswer(`sent a bad stream: ${String(error)}`))
    }
    this.#takeBlocks(blocks)
  }

  protected override onAnswerEnd(): void {
    if (this.#whole !== undefined) return this.#endWhole(this.#whole.bytes())
    const last = this.#parser.end()
    if (last !== undefined && last.data !== undefined) {
      if (this.#takeBlocks([{ ...last, raw: Buffer.concat([last.raw, Buffer.from('\n\n')]) }])) return
    }
    if (this.#facts.isFinished) this.#finish(doneBlock)
    else this.fail(streamCut(this.target.connection))
  }

  protected override onFailure(error: AppError): void {
    this.exchange.writeSpan(this.#describe({ ...this.#outcome(), status: 'error', error }), () =>
      this.#stream.fail(error.status, JSON.stringify(toOpenAiError(error)), () =>
        this.exchange.sendError(error),
      ),
    )
  }

  protected override onCancelled(): void {
    const error = { code: 'client_closed', message: 'The client went away during the answer.' }
    this.exchange.writeSpan(this.#describe({ ...this.#outcome(), status: 'cancelled', error }), () =>
      this.#stream.close(),
    )
  }

  /** True when the stream came to its end within these blocks. */
  #takeBlocks(blocks: readonly SseBlock[]): boolean {
    const passed: Buffer[] = []
    for (const block of blocks) {
      const event = block.data === undefined ? undefined : this.#facts.take(block.data)
      if (event?.kind === 'done') {
        this.#stream.write(passed)
        this.#finish(block.raw)
        return true
      }
      if (event?.kind === 'error') {
        this.#stream.write(passed)
        this.#failByEvent(event.error)
        return true
      }
      if (event?.kind === 'content' && this.#firstTokenUs === 0) this.#markFirstToken()
      if (event?.kind === 'usage-only') passed.push(...this.#usageBlock(block))
      else passed.push(block.raw)
    }
    this.#stream.write(passed)
    return false
  }

  #markFirstToken(): void {
    const afterMs = this.exchange.elapsedMs()
    this.#firstTokenUs = Math.max(1, Math.round(afterMs * 1000))
    this.exchange.parts.metrics.countFirstToken(afterMs)
  }

  #usageBlock(block: SseBlock): Buffer[] {
    if (!this.#request.wantsUsage) return []
    const { usage } = this.#facts.facts()
    if (this.exchange.caller?.kind !== 'token' || usage === undefined) return [block.raw]
    const { connection, model } = this.target
    const text = block.data?.trimEnd() ?? ''
    const cost = priceCall(connection, model, usage)
    return [Buffer.from(`data: ${text.slice(0, -1)},"ratchet":${JSON.stringify(cost)}}\n\n`)]
  }

  #finish(lastBytes: Buffer): void {
    this.settle()
    this.exchange.writeSpan(this.#describe({ ...this.#outcome(), status: 'ok' }), () => {
      this.#stream.end(lastBytes)
      this.abortUnlessEnded()
    })
  }

  /** The provider reports a failure in the middle of a stream that began with status 200. */
  #failByEvent(error: unknown): void {
    const { status, message, body } = readErrorMember(error)
    this.settle()
    this.abortUnlessEnded()
    const outcome = {
      ...this.#outcome(),
      status: 'error' as const,
      error: { code: 'provider_error', message },
    }
    this.exchange.writeSpan(this.#describe(outcome), () =>
      this.#stream.fail(status, body, () =>
        this.exchange.send(status, 'application/json', body, passHeaders(this.providerHeaders)),
      ),
    )
  }

  #endWhole(bytes: Buffer): void {
    if (this.status >= 300) return this.forwardError(this.#request, this.#contentType, bytes)
    const json = parseJsonOr(bytes.toString())
    const chunks = isJsonObject(json) ? completionToChunks(json, this.#request.wantsUsage) : undefined
    if (chunks === undefined) {
      const kind = this.#contentType.split(';')[0] || 'no content type'
      return this.fail(this.describeBadAnswer(`answered with ${kind} where an event stream was due`))
    }
    this.#takeBlocks(new SseParser().push(Buffer.from(chunks)))
  }

  #outcome(): Omit<ModelOutcome, 'status'> {
    const { malformedEvents } = this.#facts
    return { ...this.#facts.facts(), firstTokenUs: this.#firstTokenUs, malformedEvents }
  }

  #describe(outcome: ModelOutcome) {
    return describeModelCall(this.exchange, this.#request, this.target, outcome)
  }
}
