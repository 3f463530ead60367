import type { Attempt } from '../attempts/attempt.ts'
import { answerLimitBytes, CollectedBytes } from '../calls/outgoing/collected-bytes.ts'
import { costNoted } from '../calls/spans/call-span.ts'
import type { AnswerFacts } from '../formats/chat-answer.ts'
import { isJsonObject, parseJsonOr, type JsonObject } from '../formats/parse-json.ts'
import { unusableAnswer } from '../providers/provider-error.ts'
import { passHeaders, type ProviderHeaders } from '../providers/response-headers.ts'
import type { AnswerSink, Progress, SinkHost } from '../sinks/answer-sink.ts'
import { SeveralAttempts, type RawAnswer } from './several-attempts.ts'

/** An answer of a provider, parsed. */
export type JsonAnswer = { readonly json: JsonObject; readonly headers: ProviderHeaders }

/** The client's answer, and what accounting wants of it; undefined when these are no answers of the API. */
export type Translate = (
  answers: readonly JsonAnswer[],
) => { readonly body: JsonObject; readonly facts: AnswerFacts } | undefined

const nothing: Progress = { output: '' }

/** One or more JSON answers that are written anew for the client. */
export class TranslatedSink implements AnswerSink {
  readonly #host: SinkHost
  readonly #attempt: Attempt
  readonly #translate: Translate
  readonly #collected = new CollectedBytes(answerLimitBytes)

  constructor(host: SinkHost, attempt: Attempt, translate: Translate) {
    this.#host = host
    this.#attempt = attempt
    this.#translate = translate
  }

  bytes(chunk: Buffer): void {
    if (!this.#collected.add(chunk)) this.#bad(`answered more than ${answerLimitBytes} bytes`)
  }

  end(): void {
    const attempt = this.#attempt
    const raw: readonly RawAnswer[] =
      attempt instanceof SeveralAttempts
        ? attempt.answers
        : [{ body: this.#collected.bytes(), headers: attempt.answerHeaders }]
    const answers: JsonAnswer[] = []
    for (const { body, headers } of raw) {
      const json = parseJsonOr(body.toString())
      if (!isJsonObject(json)) return this.#bad('answered with text that is not JSON')
      answers.push({ json, headers })
    }
    const translated = this.#translate(answers)
    if (translated === undefined) return this.#bad('answered with JSON that is no answer of its API')
    const { exchange, isKept } = this.#host
    const text = JSON.stringify(translated.body)
    const progress = isKept ? { ...translated.facts, body: Buffer.from(text) } : translated.facts
    this.#host.succeeded(progress, (cost) => {
      this.#host.commit()
      const body = exchange.caller?.kind === 'token' ? costNoted(text, cost) : text
      exchange.send(200, 'application/json', body, passHeaders(attempt.answerHeaders))
    })
  }

  progress(): Progress {
    return nothing
  }

  /** Nothing leaves before the answer is whole. */
  fail(): void {}

  close(): void {}

  #bad(problem: string): void {
    this.#host.broke(unusableAnswer(problem, this.#attempt.target.connection))
  }
}
