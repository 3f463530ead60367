import { answerFacts } from '../apis/answer-facts.ts'
import { codecOf } from '../apis/codecs.ts'
import { isContent } from '../apis/neutral-tap.ts'
import type { Attempt } from '../attempts/attempt.ts'
import { costNoted, type CallCost } from '../calls/spans/call-span.ts'
import { answerLimitBytes, CollectedBytes } from '../calls/outgoing/collected-bytes.ts'
import { StreamResponse } from '../calls/outgoing/stream-response.ts'
import { streamCut } from '../calls/outgoing/stream-cut.ts'
import { isJsonObject, parseJsonOr } from '../formats/parse-json.ts'
import { answerEvents } from '../neutral/answer-events.ts'
import type { AnswerOptions, StreamEvent, StreamReader, StreamWriter } from '../neutral/codec.ts'
import { AnswerCollector } from '../neutral/collect-answer.ts'
import type { NeutralAnswer, NeutralEvent } from '../neutral/neutral-answer.ts'
import { restoreToolName, restoreToolNames } from '../neutral/tools/tool-names.ts'
import { unusableAnswer } from '../providers/provider-error.ts'
import { passHeaders } from '../providers/response-headers.ts'
import { answerOptions } from './answer-options.ts'
import type { AnswerSink, Progress, SinkHost } from './answer-sink.ts'
import { makeFramer, type StreamFramer } from './stream-framer.ts'

/**
 * An answer that has to be looked at or written in another format: of any provider's format, whole or streamed, for any
 * client's, whole or streamed. With a review nothing leaves before the answer is whole.
 */
export class NeutralSink implements AnswerSink {
  readonly #host: SinkHost
  readonly #attempt: Attempt
  readonly #collector: AnswerCollector
  readonly #stream: StreamResponse
  readonly #reader: StreamReader | undefined
  readonly #framer: StreamFramer | undefined
  readonly #whole: CollectedBytes | undefined
  #writer: StreamWriter | undefined
  #held: NeutralEvent[] | undefined = []
  #firstTokenUs = 0
  #isOver = false
  /** The answer when it came, or was put together, whole. */
  #answer: NeutralAnswer | undefined

  constructor(host: SinkHost, attempt: Attempt) {
    this.#host = host
    this.#attempt = attempt
    const codec = codecOf(attempt.format)
    this.#collector = new AnswerCollector(attempt.format)
    const isStream = /event-?stream/.test(attempt.contentType)
    this.#reader = isStream ? codec.makeStreamReader() : undefined
    this.#framer = isStream ? makeFramer(attempt.format) : undefined
    this.#whole = isStream ? undefined : new CollectedBytes(answerLimitBytes)
    this.#stream = new StreamResponse(host.exchange, attempt, host.api.streamContentType)
    this.#stream.headers = passHeaders(attempt.answerHeaders)
  }

  bytes(chunk: Buffer): void {
    if (this.#isOver) return
    if (this.#framer === undefined) {
      if (this.#whole?.add(chunk) === false) this.#bad(`answered more than ${answerLimitBytes} bytes`)
      return
    }
    let events: readonly StreamEvent[]
    try {
      events = this.#framer.push(chunk)
    } catch (error) {
      return this.#bad(`sent a bad stream: ${String(error)}`)
    }
    this.#read(events)
  }

  end(): void {
    if (this.#isOver) return
    if (this.#whole !== undefined) return this.#takeWhole(this.#whole.bytes())
    this.#read(this.#framer?.end() ?? [])
    if (!this.#isOver) this.#take(this.#reader?.finish() ?? [])
    if (this.#isOver) return
    // Some servers close without their format's last word; having said why the model stopped is as good.
    const isFinished = this.#collector.answer().choices.some(({ finishRaw }) => finishRaw !== '')
    if (isFinished) return this.#take([{ kind: 'end' }])
    this.#isOver = true
    this.#host.broke(streamCut(this.#attempt.target.connection))
  }

  progress(): Progress {
    const malformedEvents = this.#reader?.malformedEvents() ?? 0
    return {
      ...answerFacts(this.#answer ?? this.#collector.answer()),
      firstTokenUs: this.#firstTokenUs,
      malformedEvents,
    }
  }

  fail(status: number, body: string): void {
    this.#isOver = true
    this.#stream.failWith(status, this.#host.api.errorEvent(body, this.#stream.isStarted))
  }

  close(): void {
    this.#isOver = true
    this.#stream.close()
  }

  #read(events: readonly StreamEvent[]): void {
    for (const event of events) {
      if (this.#isOver) return
      this.#take(this.#reader?.take(event) ?? [])
    }
  }

  #take(events: readonly NeutralEvent[]): void {
    const { toolNames, review, request, guard } = this.#host
    const taken: NeutralEvent[] = []
    for (const each of events) {
      if (each.kind === 'error') {
        this.#collector.take(taken)
        this.#write(taken)
        this.#isOver = true
        return this.#host.refused(each.error)
      }
      taken.push(restoreToolName(each, toolNames))
      if (each.kind === 'end') break
    }
    if (taken.length === 0) return
    const isEnd = taken.at(-1)?.kind === 'end'
    const { events: shown, error } = guard?.push(taken) ?? { events: taken, error: undefined }
    this.#collector.take(shown)
    if (error !== undefined) {
      this.#write(shown)
      this.#isOver = true
      return this.#host.broke(error)
    }
    if (request.isStream && review === undefined) {
      if (isEnd) this.#endStream(shown)
      else this.#write(shown)
    } else if (isEnd) this.#takeAnswer(this.#collector.answer())
  }

  /** What comes before the first content waits for it: until then another provider may take over. */
  #write(events: readonly NeutralEvent[]): void {
    if (this.#held !== undefined) {
      this.#held.push(...events)
      if (!events.some(isContent)) return
      this.#markFirstToken()
    }
    this.#send(this.#release(events))
  }

  #release(events: readonly NeutralEvent[]): readonly NeutralEvent[] {
    if (this.#held === undefined) return events
    const all = this.#held
    this.#held = undefined
    this.#host.commit()
    return all
  }

  #send(events: readonly NeutralEvent[]): void {
    const text = this.#textOf(events)
    if (text !== '') this.#stream.write([Buffer.from(text)])
  }

  #textOf(events: readonly NeutralEvent[]): string {
    this.#writer ??= this.#host.api.codec.makeStreamWriter(this.#options())
    return this.#writer.write(events)
  }

  #endStream(events: readonly NeutralEvent[]): void {
    if (this.#held !== undefined) this.#held.push(...events)
    const text = this.#textOf(this.#release(events))
    this.#isOver = true
    const { format } = this.#attempt
    const progress = this.#host.isKept
      ? { ...this.progress(), answer: this.#collector.answer(), answerFrom: format }
      : this.progress()
    this.#host.succeeded(progress, (cost) => this.#stream.end(Buffer.from(this.#withCost(text, cost))))
  }

  #takeWhole(bytes: Buffer): void {
    const json = parseJsonOr(bytes.toString())
    const answer = isJsonObject(json) ? codecOf(this.#attempt.format).readAnswer(json) : undefined
    if (answer === undefined) {
      const kind = this.#attempt.contentType.split(';')[0] || 'no content type'
      const due = this.#host.request.isStream ? 'an event stream' : 'an answer of its API'
      return this.#bad(`answered with ${kind} where ${due} was due`)
    }
    // What checks streams checks this one, too.
    if (this.#host.guard !== undefined) return this.#take(answerEvents(answer))
    this.#takeAnswer(restoreToolNames(answer, this.#host.toolNames))
  }

  #takeAnswer(answer: NeutralAnswer): void {
    this.#isOver = true
    this.#answer = answer
    const { review } = this.#host
    if (review === undefined) this.#deliver(answer)
    else review(answer, (reviewed) => this.#deliver(reviewed))
  }

  #deliver(answer: NeutralAnswer): void {
    this.#host.commit()
    const { exchange, request, api } = this.#host
    if (request.isStream) this.#markFirstToken()
    const progress = {
      ...answerFacts(answer),
      answer,
      answerFrom: this.#attempt.format,
      firstTokenUs: this.#firstTokenUs,
    }
    this.#host.succeeded(progress, (cost) => {
      if (request.isStream) {
        const text = this.#textOf(answerEvents(answer))
        return this.#stream.end(Buffer.from(this.#withCost(text, cost)))
      }
      const body = JSON.stringify(api.codec.writeAnswer(answer, this.#options()))
      const text = exchange.caller?.kind === 'token' ? costNoted(body, cost) : body
      exchange.send(200, 'application/json', text, passHeaders(this.#attempt.answerHeaders))
    })
  }

  /** Our own processes are told the cost, beside the usage. */
  #withCost(text: string, cost: CallCost): string {
    if (this.#host.exchange.caller?.kind !== 'token') return text
    return text.replace(
      /^data: (\{.*"choices":\[\].*\})$/m,
      (_, json: string) => `data: ${costNoted(json, cost)}`,
    )
  }

  #options(): AnswerOptions {
    return { ...answerOptions(this.#host), from: this.#attempt.format }
  }

  #markFirstToken(): void {
    if (this.#firstTokenUs > 0) return
    const afterMs = this.#host.exchange.elapsedMs()
    this.#firstTokenUs = Math.max(1, Math.round(afterMs * 1000))
    this.#host.exchange.parts.metrics.countFirstToken(afterMs)
  }

  #bad(problem: string): void {
    this.#isOver = true
    this.#host.broke(unusableAnswer(problem, this.#attempt.target.connection))
  }
}
