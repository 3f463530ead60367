import type { AppError, ProviderEndpoint } from '@ratchet/contract'
import type { Attempt } from '../attempts/attempt.ts'
import type { AttemptRun, RunOwner } from '../calls/attempt-run.ts'
import type { AnswerFacts } from '../formats/chat-answer.ts'
import type { ModelRequest } from '../formats/chat-request.ts'
import type { JsonObject } from '../formats/parse-json.ts'
import type { SseBlock } from '../formats/sse-parser.ts'
import type { ChatCodec } from '../neutral/codec.ts'
import type { FormatName } from '../neutral/content.ts'
import type { RequestPath } from '../neutral/codec.ts'
import type { CompiledTarget } from '../routing/compiled-route.ts'
import type { AnswerSink, SinkHost } from '../sinks/answer-sink.ts'

/** What one event of a stream is to the gateway. `usage`: usage and nothing else, sent because we asked for it. */
export type TappedEvent =
  | { readonly kind: 'content' | 'other' | 'done' | 'usage' }
  | { readonly kind: 'error'; readonly error: unknown }

/** Follows a stream that passes through and collects what accounting and traces want. */
export type StreamTap = {
  readonly take: (block: SseBlock) => TappedEvent
  readonly facts: () => AnswerFacts
  /** The model has said why it stopped; a stream may end without its last word then. */
  readonly isFinished: boolean
  readonly malformedEvents: number
}

/** How an API that is no chat is asked of a provider, and what is done with the answer. */
export type Endpoint = {
  /** Throws an AppError when it cannot be asked of the run's target. */
  readonly start: (run: AttemptRun, owner: RunOwner) => Attempt
  readonly makeSink: (host: SinkHost, attempt: Attempt) => AnswerSink
}

/** An API of chat that clients speak to us. */
export type ChatApi = {
  /** Absent: chat. Other APIs borrow a codec for their errors; nothing else is asked of it. */
  readonly kind?: ProviderEndpoint
  readonly endpoint?: Endpoint
  /** The request was put together by us: it is written anew for each target, even in its own format. */
  readonly rewrites?: boolean
  /** Told who has given the whole answer, before it leaves; undefined: the cache. */
  readonly answered?: (target: CompiledTarget | undefined) => void
  /** Fields of the answer that belong to this request alone, for one that another request has got before. */
  readonly ownFields?: () => JsonObject
  readonly format: FormatName
  readonly codec: ChatCodec
  /** Facts of an answer of this format, whole or streamed, that passes through untouched. */
  readonly readAnswer: (answer: Buffer) => AnswerFacts | undefined
  readonly makeTap: () => StreamTap
  /** Body of an error response. */
  readonly errorBody: (error: AppError) => string
  /** The event that ends a broken stream, from the body of an error. `hasWritten`: something was sent before. */
  readonly errorEvent: (body: string, hasWritten: boolean) => string
  /** Refuses a request that no provider of this format could understand. */
  readonly check: (request: ModelRequest) => void
  /** What the path said. */
  readonly path: RequestPath
  /** Absent: server-sent events. */
  readonly streamContentType?: string
  readonly streamFraming?: 'json-array'
}
