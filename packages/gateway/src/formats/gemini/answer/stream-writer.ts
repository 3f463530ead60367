import type { AnswerOptions, StreamWriter } from '../../../neutral/codec.ts'
import type { NeutralEvent, NeutralUsage } from '../../../neutral/neutral-answer.ts'
import type { JsonObject } from '../../parse-json.ts'
import { sseEvent } from '../../sse-text.ts'
import { writeError } from '../error/write-error.ts'
import { CandidateWriter } from './candidate-writer.ts'
import { answerUsage } from './usage.ts'

/**
 * Writes the chunks of streamGenerateContent. What ends the answer waits for the last event, so that finish reason
 * and usage stand in one chunk, the last, as clients of the format expect.
 */
export function makeStreamWriter(options: AnswerOptions): StreamWriter {
  const writer = new GeminiStreamWriter(options)
  return { write: (events) => writer.write(events) }
}

class GeminiStreamWriter {
  readonly #model: string
  readonly #isArray: boolean
  readonly #candidates: CandidateWriter[] = []
  #id: string
  #usage: NeutralUsage | undefined
  /** What only Gemini's own answers have beside candidates. */
  #extra: JsonObject = {}
  #hasWritten = false
  #isClosed = false

  constructor(options: AnswerOptions) {
    this.#model = options.model
    this.#id = options.id
    this.#isArray = options.streamFraming === 'json-array'
  }

  write(events: readonly NeutralEvent[]): string {
    let text = ''
    for (const event of events) text += this.#take(event)
    return text + this.#writeParts()
  }

  #take(event: NeutralEvent): string {
    switch (event.kind) {
      case 'start':
        if (event.id !== '') this.#id = event.id
        return ''
      case 'usage':
        this.#usage = event.usage
        return ''
      case 'answer-fields':
        if (event.from === 'gemini') this.#extra = { ...this.#extra, ...event.extra }
        return ''
      case 'ping':
      case 'other':
        return ''
      case 'error':
        return this.#writeParts() + this.#frame(writeError(event.error)) + this.#close()
      case 'end':
        return this.#writeParts() + this.#writeLast() + this.#close()
      default:
        this.#candidate(event.choice).take(event)
        return ''
    }
  }

  #candidate(index: number): CandidateWriter {
    for (const candidate of this.#candidates) if (candidate.index === index) return candidate
    const candidate = new CandidateWriter(index)
    this.#candidates.push(candidate)
    return candidate
  }

  #writeParts(): string {
    const candidates: JsonObject[] = []
    for (const candidate of this.#candidates) {
      const written = candidate.takeWritten()
      if (written !== undefined) candidates.push(written)
    }
    return candidates.length === 0 ? '' : this.#frame(this.#chunk(candidates))
  }

  #writeLast(): string {
    const isBlocked =
      this.#extra['promptFeedback'] !== undefined && this.#candidates.every(({ isEmpty }) => isEmpty)
    const candidates = isBlocked ? [] : this.#candidates.map((candidate) => candidate.finish())
    const usageMetadata =
      this.#usage === undefined ? undefined : answerUsage(this.#usage, this.#extra['usageMetadata'])
    return this.#frame({
      ...this.#chunk(candidates),
      ...this.#extra,
      ...(usageMetadata === undefined ? {} : { usageMetadata }),
    })
  }

  #chunk(candidates: readonly JsonObject[]): JsonObject {
    const head = { modelVersion: this.#model, responseId: this.#id }
    return candidates.length === 0 ? head : { candidates, ...head }
  }

  #frame(chunk: JsonObject): string {
    if (this.#isClosed) return ''
    const json = JSON.stringify(chunk)
    if (!this.#isArray) return sseEvent(json)
    const before = this.#hasWritten ? ',\r\n' : '['
    this.#hasWritten = true
    return before + json
  }

  /** Nothing may follow the bracket that ends the list. */
  #close(): string {
    if (this.#isClosed) return ''
    this.#isClosed = true
    return this.#isArray ? ']' : ''
  }
}
