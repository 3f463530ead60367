import { answerLimitBytes, CollectedBytes } from '../calls/outgoing/collected-bytes.ts'
import { spliceBody } from '../formats/splice-body.ts'
import type { AnswerFacts } from '../formats/chat-answer.ts'
import { unusableAnswer } from '../providers/provider-error.ts'
import { passHeaders } from '../providers/response-headers.ts'
import type { Attempt } from '../attempts/attempt.ts'
import type { CallCost } from '../calls/spans/call-span.ts'
import type { AnswerSink, Progress, SinkHost } from './answer-sink.ts'

/** An answer that is one JSON document of the client's format: its bytes pass as they came. */
export class PassPlainSink implements AnswerSink {
  readonly #host: SinkHost
  readonly #attempt: Attempt
  readonly #readAnswer: (answer: Buffer) => AnswerFacts | undefined
  readonly #answer = new CollectedBytes(answerLimitBytes)

  constructor(
    host: SinkHost,
    attempt: Attempt,
    readAnswer: (answer: Buffer) => AnswerFacts | undefined = host.api.readAnswer,
  ) {
    this.#host = host
    this.#attempt = attempt
    this.#readAnswer = readAnswer
  }

  bytes(chunk: Buffer): void {
    if (this.#answer.add(chunk)) return
    this.#host.broke(this.#bad(`answered more than ${answerLimitBytes} bytes`))
  }

  end(): void {
    const bytes = this.#answer.bytes()
    const facts = this.#readAnswer(bytes)
    if (facts === undefined)
      return this.#host.broke(this.#bad(`answered with ${this.#found()} where JSON was due`))
    const progress = this.#host.isKept ? { ...facts, body: bytes } : facts
    this.#host.succeeded(progress, (cost) => {
      this.#host.commit()
      const body = this.#withCost(bytes, cost)
      this.#host.exchange.send(200, 'application/json', body, passHeaders(this.#attempt.answerHeaders))
    })
  }

  progress(): Progress {
    return nothing
  }

  /** Nothing leaves before the answer is whole. */
  fail(): void {}

  close(): void {}

  /** Our own processes are told the cost; other clients get the provider's bytes untouched. */
  #withCost(bytes: Buffer, cost: CallCost): Buffer {
    if (this.#host.exchange.caller?.kind !== 'token') return bytes
    const end = bytes.lastIndexOf('}')
    return spliceBody(bytes, [{ start: end, end, text: `,"ratchet":${JSON.stringify(cost)}` }])
  }

  #found(): string {
    const kind = this.#attempt.contentType.split(';')[0] ?? ''
    return kind.includes('json') || kind === '' ? 'text that is not JSON' : kind
  }

  #bad(problem: string) {
    return unusableAnswer(problem, this.#attempt.target.connection)
  }
}

const nothing: Progress = { output: '' }
