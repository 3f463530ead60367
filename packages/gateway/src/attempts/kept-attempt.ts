import type { FormatName } from '../neutral/content.ts'
import type { CompiledTarget } from '../routing/compiled-route.ts'
import type { Attempt } from './attempt.ts'

const nothing = (): void => undefined

/** An answer from the cache, in the place of one that comes from a provider: whole, and there at once. */
export class KeptAttempt implements Attempt {
  readonly target: CompiledTarget
  readonly format: FormatName
  readonly answerStatus = 200
  readonly contentType = 'application/json'
  readonly answerHeaders = {}
  readonly finish = nothing
  readonly cancel = nothing
  readonly pause = nothing
  readonly resume = nothing

  /** `target`: who would have been asked. */
  constructor(target: CompiledTarget, format: FormatName) {
    this.target = target
    this.format = format
  }
}
