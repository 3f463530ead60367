import type { Attempt } from '../attempts/attempt.ts'
import { CollectedBytes } from '../calls/outgoing/collected-bytes.ts'
import { StreamResponse } from '../calls/outgoing/stream-response.ts'
import type { AnswerFacts } from '../formats/chat-answer.ts'
import { unusableAnswer } from '../providers/provider-error.ts'
import { passHeaders } from '../providers/response-headers.ts'
import type { AnswerSink, Progress, SinkHost } from '../sinks/answer-sink.ts'

/** Of the answer's beginning, for accounting; what comes after passes unread. */
const readLimitBytes = 1024 * 1024

type Reading = {
  /** `beginning` has at most 1 MiB of the answer; all of it when `sizeBytes` is not more. */
  readonly facts: (beginning: Buffer, sizeBytes: number) => AnswerFacts
  /** Content types that are no answer of this API, because they are a page or an error in disguise. */
  readonly refused: RegExp
}

/** An answer of any content type, such as sound: its bytes pass as they come. */
export class BytesSink implements AnswerSink {
  readonly #host: SinkHost
  readonly #attempt: Attempt
  readonly #reading: Reading
  readonly #stream: StreamResponse
  readonly #beginning = new CollectedBytes(readLimitBytes)
  #sizeBytes = 0
  #firstTokenUs = 0
  #isRefused = false

  constructor(host: SinkHost, attempt: Attempt, reading: Reading) {
    this.#host = host
    this.#attempt = attempt
    this.#reading = reading
    const contentType = attempt.contentType === '' ? 'application/octet-stream' : attempt.contentType
    this.#isRefused = reading.refused.test(contentType)
    this.#stream = new StreamResponse(host.exchange, attempt, contentType)
    this.#stream.headers = passHeaders(attempt.answerHeaders)
  }

  bytes(chunk: Buffer): void {
    if (this.#isRefused) return this.#refuse()
    if (this.#sizeBytes === 0) {
      this.#firstTokenUs = Math.max(1, Math.round(this.#host.exchange.elapsedMs() * 1000))
      this.#host.commit()
    }
    this.#sizeBytes += chunk.length
    this.#beginning.add(chunk)
    this.#stream.write([chunk])
  }

  end(): void {
    if (this.#isRefused || this.#sizeBytes === 0) return this.#refuse()
    this.#host.succeeded(this.progress(), () => this.#stream.end(Buffer.alloc(0)))
  }

  progress(): Progress {
    const facts = this.#reading.facts(this.#beginning.bytes(), this.#sizeBytes)
    return { ...facts, firstTokenUs: this.#firstTokenUs }
  }

  /** Bytes of a sound have no room for an error, so that only a cut tells of it. */
  fail(status: number): void {
    const { exchange } = this.#host
    exchange.response.destroy()
    exchange.count(status)
  }

  close(): void {
    this.#stream.close()
  }

  #refuse(): void {
    const kind = this.#sizeBytes === 0 && !this.#isRefused ? 'nothing' : this.#attempt.contentType
    this.#host.broke(unusableAnswer(`answered with ${kind}`, this.#attempt.target.connection))
  }
}
