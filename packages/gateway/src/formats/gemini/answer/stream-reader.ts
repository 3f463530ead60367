import type { StreamEvent, StreamReader } from '../../../neutral/codec.ts'
import type { NeutralEvent } from '../../../neutral/neutral-answer.ts'
import { isJsonObject, parseJsonOr, type JsonObject } from '../../parse-json.ts'
import { CallIds } from '../call-ids.ts'
import { readError } from '../error/read-error.ts'
import { objectField, objectsField } from '../read-field.ts'
import { CandidateReader } from './candidate-reader.ts'
import { candidateIndex, readAnswerExtra, readBlocked, readHead } from './read-answer.ts'
import { countSearches, otherUsage, readUsage, withSearches } from './usage.ts'

/** Reads the chunks of streamGenerateContent. Its last word is a finish reason for every candidate. */
export function makeStreamReader(): StreamReader {
  const reader = new GeminiStreamReader()
  return {
    take: (event) => reader.take(event),
    finish: () => reader.finish(),
    malformedEvents: () => reader.malformedEvents,
  }
}

class GeminiStreamReader {
  readonly #candidates: CandidateReader[] = []
  #ids: CallIds | undefined
  #isBlocked = false
  #searches = 0
  #counts: JsonObject | undefined
  malformedEvents = 0

  take({ data }: StreamEvent): readonly NeutralEvent[] {
    const json = parseJsonOr(data)
    const chunks: readonly unknown[] = Array.isArray(json) ? json : [json]
    const events: NeutralEvent[] = []
    for (const chunk of chunks) {
      if (isJsonObject(chunk)) this.#takeChunk(chunk, events)
      else this.malformedEvents++
    }
    return events
  }

  finish(): readonly NeutralEvent[] {
    const isWhole = this.#candidates.length > 0 && this.#candidates.every(({ isFinished }) => isFinished)
    if (!isWhole && !this.#isBlocked) return []
    const extra = this.#counts
    return [
      ...(extra === undefined ? [] : [{ kind: 'answer-fields', extra, from: 'gemini' } as const]),
      { kind: 'end' },
    ]
  }

  #takeChunk(chunk: JsonObject, events: NeutralEvent[]): void {
    if (objectField(chunk, 'error') !== undefined) {
      events.push({ kind: 'error', error: readError(502, chunk) })
      return
    }
    const ids = this.#start(chunk, events)
    const extra = readAnswerExtra(chunk)
    if (extra !== undefined) events.push({ kind: 'answer-fields', extra, from: 'gemini' })
    const candidates = objectsField(chunk, 'candidates')
    for (const [at, candidate] of candidates.entries()) {
      this.#candidate(candidateIndex(candidates, at)).take(candidate, ids, events)
    }
    if (candidates.length === 0 && this.#candidates.length === 0) this.#takeBlocked(chunk, events)
    // Grounding is told once, in the chunk that has it whole; usage in every chunk.
    this.#searches = Math.max(this.#searches, countSearches(candidates))
    const usage = objectField(chunk, 'usageMetadata')
    if (usage === undefined) return
    // Every chunk tells them; the last one counts.
    this.#counts = otherUsage(usage) ?? this.#counts
    events.push({ kind: 'usage', usage: withSearches(readUsage(usage), this.#searches) })
  }

  #start(chunk: JsonObject, events: NeutralEvent[]): CallIds {
    if (this.#ids !== undefined) return this.#ids
    const head = readHead(chunk)
    events.push({ kind: 'start', ...head })
    this.#ids = new CallIds(head.id)
    return this.#ids
  }

  #candidate(index: number): CandidateReader {
    for (const candidate of this.#candidates) if (candidate.index === index) return candidate
    const candidate = new CandidateReader(index)
    this.#candidates.push(candidate)
    return candidate
  }

  #takeBlocked(chunk: JsonObject, events: NeutralEvent[]): void {
    const blocked = readBlocked(chunk)
    if (blocked === undefined || this.#isBlocked) return
    this.#isBlocked = true
    const { parts, finish, finishRaw } = blocked
    for (const [part, { kind, ...refusal }] of parts.entries()) {
      if (kind !== 'refusal' || !('text' in refusal)) continue
      events.push({ kind: 'part-start', choice: 0, part, start: { kind } })
      events.push({ kind: 'part-delta', choice: 0, part, text: refusal.text })
      events.push({ kind: 'part-end', choice: 0, part })
    }
    events.push({ kind: 'finish', choice: 0, finish, finishRaw })
  }
}
