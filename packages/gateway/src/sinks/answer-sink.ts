import type { AppError } from '@ratchet/contract'
import type { ChatApi } from '../apis/client-api.ts'
import type { CallCost } from '../calls/spans/call-span.ts'
import type { Exchange } from '../calls/exchange.ts'
import type { ModelOutcome } from '../calls/spans/model-span.ts'
import type { ModelRequest } from '../formats/chat-request.ts'
import type { GuardStream } from '../guardrails/guard-stream.ts'
import type { NeutralAnswer, NeutralError } from '../neutral/neutral-answer.ts'
import type { NeutralRequest } from '../neutral/neutral-request.ts'

/** How far an answer came; usage and cost are worked out from it. */
export type Progress = Omit<ModelOutcome, 'status' | 'error'>

/** The call that a sink works for. */
export type SinkHost = {
  readonly exchange: Exchange
  readonly api: ChatApi
  readonly request: ModelRequest
  readonly neutral: () => NeutralRequest
  /** Names of tools that the provider knows by another name. */
  readonly toolNames: ReadonlyMap<string, string> | undefined
  /** Bytes leave for the client from here on: nothing can be taken back. */
  readonly commit: () => void
  /** The answer is whole; `write` runs when its span is on disk, and then the response may end. */
  readonly succeeded: (progress: Progress, write: (cost: CallCost) => void) => void
  /** The answer cannot be used, or broke off. */
  readonly broke: (error: AppError) => void
  /** The provider reported a failure within an answer that began well. */
  readonly refused: (error: NeutralError) => void
  /** Checks a stream while it passes. */
  readonly guard: GuardStream | undefined
  /** The answer is wanted after it was sent: `progress` has it, as `body` or as `answer`. */
  readonly isKept: boolean
  /** A whole answer before it is sent; what comes back is sent instead. Absent: answers are sent as they are. */
  readonly review: ((answer: NeutralAnswer, done: (answer: NeutralAnswer) => void) => void) | undefined
}

/** Turns the bytes of one attempt's answer into what the client asked for. */
export type AnswerSink = {
  readonly bytes: (chunk: Buffer) => void
  /** The provider has ended its answer. */
  readonly end: () => void
  readonly progress: () => Progress
  /** Ends an answer that has begun with an error; `body` is in the client's format. */
  readonly fail: (status: number, body: string) => void
  /** The client went away. */
  readonly close: () => void
}
