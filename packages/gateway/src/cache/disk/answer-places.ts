import { meetsFilter, type AnswerFacts, type AnswerFilter, type FilteredFacts } from '../cached-answer.ts'
import { HeldAnswers } from '../held-answers.ts'
import type { AnswerFile } from './answer-files.ts'

/** A file of records; only the newest one is written to. */
export type Segment = {
  readonly name: string
  readonly file: AnswerFile
  sizeBytes: number
  /** Of the answers in it; some may have been replaced or forgotten since. */
  readonly keys: string[]
}

/** Where an answer is on disk, and what is asked of it without reading it. */
export type AnswerPlace = FilteredFacts & {
  readonly segment: Segment
  readonly offset: number
  readonly lengthBytes: number
  readonly expiresAtMs: number
}

/** Where every answer on disk is. Names are kept once, however many answers have them. */
export class AnswerPlaces {
  readonly held = new HeldAnswers()
  readonly #places = new Map<string, AnswerPlace>()
  readonly #names = new Map<string, string>()

  get size(): number {
    return this.#places.size
  }

  get(key: string): AnswerPlace | undefined {
    return this.#places.get(key)
  }

  /** Of two answers with one key the newer one counts, whichever is seen first: those of two processes have no order but time. */
  setNewer(
    key: string,
    facts: AnswerFacts,
    where: Pick<AnswerPlace, 'segment' | 'offset' | 'lengthBytes'>,
  ): void {
    const known = this.#places.get(key)
    if (known === undefined || known.createdAtMs <= facts.createdAtMs) this.set(key, facts, where)
  }

  /** Takes the place of what is known under this key, whatever the clock said: what is written later is newer. */
  set(key: string, facts: AnswerFacts, where: Pick<AnswerPlace, 'segment' | 'offset' | 'lengthBytes'>): void {
    const { createdAtMs, expiresAtMs } = facts
    const [project, policy, model] = [facts.project, facts.policy, facts.model].map((name) =>
      this.#once(name),
    )
    if (project === undefined || policy === undefined || model === undefined) return
    this.delete(key)
    this.#places.set(key, { ...where, project, policy, model, createdAtMs, expiresAtMs })
    this.held.add(facts, where.lengthBytes)
    where.segment.keys.push(key)
  }

  delete(key: string): void {
    const place = this.#places.get(key)
    if (place === undefined) return
    this.#places.delete(key)
    this.held.remove(place, place.lengthBytes)
  }

  dropSegment(segment: Segment): void {
    for (const key of segment.keys) if (this.#places.get(key)?.segment === segment) this.delete(key)
    if (this.#places.size === 0) this.#names.clear()
  }

  /** Returns the keys of what was forgotten. */
  forget(filter: AnswerFilter): string[] {
    const keys: string[] = []
    for (const [key, place] of this.#places) if (meetsFilter(key, place, filter)) keys.push(key)
    for (const key of keys) this.delete(key)
    return keys
  }

  #once(name: string): string {
    const known = this.#names.get(name)
    if (known !== undefined) return known
    // Models are names that callers may invent; there are never more of them than answers.
    if (this.#names.size > 10_000) this.#names.clear()
    this.#names.set(name, name)
    return name
  }
}
