import type { AppError } from '@ratchet/contract'
import type { FormatName } from '../neutral/content.ts'
import type { ProviderHeaders } from '../providers/response-headers.ts'
import type { CompiledTarget } from '../routing/compiled-route.ts'

/** One try at one target. Its listener is told `onAnswer`, bytes and `onEnd`, or `onRefused`, or `onBroken`. */
export type Attempt = {
  readonly target: CompiledTarget
  /** Wire format of the answer. */
  readonly format: FormatName
  readonly answerStatus: number
  readonly contentType: string
  readonly answerHeaders: ProviderHeaders
  /** The answer has said its last word; a provider that goes on is cut off after a moment. */
  readonly finish: () => void
  /** Nobody wants the answer any more. */
  readonly cancel: (reason: string) => void
  readonly pause: () => void
  readonly resume: () => void
}

/** Whoever made the attempt; nothing is told after `finish`, `cancel`, `onRefused` or `onBroken`. */
export type AttemptListener = {
  /** A head with a status below 300. */
  readonly onAnswer: (attempt: Attempt) => void
  readonly onBytes: (attempt: Attempt, chunk: Buffer) => void
  readonly onEnd: (attempt: Attempt) => void
  /** The provider said no: `body` is its whole answer. */
  readonly onRefused: (attempt: Attempt, body: Buffer) => void
  readonly onBroken: (attempt: Attempt, error: AppError) => void
}
