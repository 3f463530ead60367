import type { AppError } from '@ratchet/contract'
import type { StreamTap, TappedEvent } from '../apis/client-api.ts'
import type { Attempt } from '../attempts/attempt.ts'
import { costNoted, type CallCost } from '../calls/spans/call-span.ts'
import { StreamResponse } from '../calls/outgoing/stream-response.ts'
import { streamCut } from '../calls/outgoing/stream-cut.ts'
import { isJsonObject } from '../formats/parse-json.ts'
import { SseParser, type SseBlock } from '../formats/sse-parser.ts'
import type { NeutralError } from '../neutral/neutral-answer.ts'
import { readErrorMember, unusableAnswer } from '../providers/provider-error.ts'
import { passHeaders } from '../providers/response-headers.ts'
import type { AnswerSink, Progress, SinkHost } from './answer-sink.ts'
import { KeepingTap } from './keeping-tap.ts'

const doneBlock = Buffer.from('data: [DONE]\n\n')
const blankLine = Buffer.from('\n\n')
const noBytes = Buffer.alloc(0)

/**
 * A stream of the client's own format: bytes pass as they came, event by event. What comes before the first content
 * waits for it, so that a failure until then is still an ordinary error, or another provider's turn. The usage event
 * that we asked for and the client did not is held back. The end is written after the span is on disk.
 */
export class PassStreamSink implements AnswerSink {
  readonly #host: SinkHost
  readonly #attempt: Attempt
  readonly #stream: StreamResponse
  readonly #parser = new SseParser()
  readonly #tap: StreamTap
  readonly #keeping: KeepingTap | undefined
  #held: Buffer[] | undefined = []
  #lateUsage: SseBlock | undefined
  #firstTokenUs = 0
  #isOver = false

  constructor(host: SinkHost, attempt: Attempt) {
    this.#host = host
    this.#attempt = attempt
    this.#keeping = host.isKept ? new KeepingTap(host.api) : undefined
    this.#tap = this.#keeping ?? host.api.makeTap()
    this.#stream = new StreamResponse(host.exchange, attempt)
    this.#stream.headers = passHeaders(attempt.answerHeaders)
  }

  bytes(chunk: Buffer): void {
    let blocks: SseBlock[]
    try {
      blocks = this.#parser.push(chunk)
    } catch (error) {
      return this.#break(
        unusableAnswer(`sent a bad stream: ${String(error)}`, this.#attempt.target.connection),
      )
    }
    this.#take(blocks)
  }

  end(): void {
    const last = this.#parser.end()
    if (last !== undefined && last.data !== undefined)
      this.#take([{ ...last, raw: Buffer.concat([last.raw, blankLine]) }])
    if (this.#isOver) return
    if (!this.#tap.isFinished) return this.#break(streamCut(this.#attempt.target.connection))
    this.#finish(this.#host.api.format === 'openai-chat' ? doneBlock : noBytes)
  }

  progress(): Progress {
    const { malformedEvents } = this.#tap
    return { ...this.#tap.facts(), firstTokenUs: this.#firstTokenUs, malformedEvents }
  }

  fail(status: number, body: string): void {
    this.#isOver = true
    this.#stream.failWith(status, this.#host.api.errorEvent(body, this.#stream.isStarted))
  }

  close(): void {
    this.#isOver = true
    this.#stream.close()
  }

  #take(blocks: readonly SseBlock[]): void {
    const passed: Buffer[] = []
    for (const block of blocks) {
      if (this.#isOver) return
      const event = this.#tap.take(block)
      if (event.kind === 'done') {
        this.#write(passed)
        return this.#finish(block.raw)
      }
      if (event.kind === 'error') {
        this.#write(passed)
        return this.#refuse(event)
      }
      if (event.kind === 'usage') {
        // Our own processes are told the cost with it, which is known at the end.
        if (this.#host.request.wantsUsage) this.#lateUsage = block
        continue
      }
      if (event.kind === 'content') this.#markContent(passed)
      passed.push(block.raw)
    }
    this.#write(passed)
  }

  #markContent(passed: Buffer[]): void {
    if (this.#held !== undefined) {
      passed.unshift(...this.#held)
      this.#held = undefined
      this.#host.commit()
    }
    if (this.#firstTokenUs > 0) return
    const afterMs = this.#host.exchange.elapsedMs()
    this.#firstTokenUs = Math.max(1, Math.round(afterMs * 1000))
    this.#host.exchange.parts.metrics.countFirstToken(afterMs)
  }

  #write(passed: readonly Buffer[]): void {
    if (this.#held === undefined) this.#stream.write(passed)
    else this.#held.push(...passed)
  }

  #finish(last: Buffer): void {
    // Nothing but broken events is no answer: another provider may have one.
    if (this.#held !== undefined && this.#tap.malformedEvents > 0)
      return this.#break(
        unusableAnswer('sent a stream without one event that can be read', this.#attempt.target.connection),
      )
    if (this.#held !== undefined) this.#host.commit()
    this.#isOver = true
    const held = this.#held ?? []
    this.#held = undefined
    const answer = this.#keeping?.answer()
    const progress = answer === undefined ? this.progress() : { ...this.progress(), answer }
    this.#host.succeeded(progress, (cost) => {
      this.#stream.write(held)
      this.#stream.end(Buffer.concat([this.#usageBytes(cost), last]))
    })
  }

  #usageBytes(cost: CallCost): Buffer {
    const block = this.#lateUsage
    if (block === undefined) return noBytes
    if (this.#host.exchange.caller?.kind !== 'token' || block.data === undefined) return block.raw
    return Buffer.from(`data: ${costNoted(block.data, cost)}\n\n`)
  }

  #break(error: AppError): void {
    this.#isOver = true
    this.#host.broke(error)
  }

  #refuse({ error }: Extract<TappedEvent, { kind: 'error' }>): void {
    this.#isOver = true
    this.#host.refused(isNeutralError(error) ? error : readMember(error))
  }
}

function isNeutralError(error: unknown): error is NeutralError {
  return (
    isJsonObject(error) &&
    typeof error['status'] === 'number' &&
    typeof error['type'] === 'string' &&
    typeof error['code'] === 'string' &&
    typeof error['message'] === 'string'
  )
}

function readMember(error: unknown): NeutralError {
  const { status, message } = readErrorMember(error)
  const fields = isJsonObject(error) ? error : {}
  const word = (name: string, fallback: string) => {
    const value = fields[name]
    return typeof value === 'string' ? value : fallback
  }
  return { status, message, type: word('type', 'server_error'), code: word('code', 'provider_error') }
}
