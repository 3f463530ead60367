import type { JsonObject } from '../formats/parse-json.ts'
import type { FormatName } from './content.ts'
import type { NeutralAnswer, NeutralError, NeutralEvent } from './neutral-answer.ts'
import type { NeutralRequest } from './neutral-request.ts'

/** One server-sent event, or one frame of a format that has another framing. */
export type StreamEvent = { readonly event?: string | undefined; readonly data: string }

/** How a request is written for a provider. */
export type WriteOptions = {
  /** The provider's own name for the model. */
  readonly model: string
  /** What the provider cannot do is left out and named in `dropped`; otherwise it is `model_unsupported`. */
  readonly dropUnsupported: boolean
  /** Words of the capability table that matter to the writer. */
  readonly abilities: ModelAbilities
}

/** What a model of a provider can do, as far as writing a request depends on it. */
export type ModelAbilities = {
  /** Longest answer; what a format that demands a limit gets when the client gave none. */
  readonly maxOutputTokens?: number
  /** How thinking is asked for: a word, a number of tokens, an adaptive setting, a Gemini level, or not at all. */
  readonly reasoning?: 'effort' | 'budget' | 'adaptive' | 'level' | 'none'
  readonly structuredOutput?: boolean
  /** False: neither temperature nor top_p nor penalties. */
  readonly sampling?: boolean
  /** False: a tool choice of `required`, or of one tool, is an error. */
  readonly forcedToolChoice?: boolean
  /** Chat models that want `max_completion_tokens` (the default) or only know `max_tokens`. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens'
  readonly developerRole?: boolean
  /** Anthropic: a system message may stand after a user's turn; by default only when the client wrote it there. */
  readonly systemTurns?: boolean
  /** Where a chat model takes its earlier thoughts back; by default where the client gave them. */
  readonly thoughtsField?: 'reasoning_content' | 'reasoning' | 'reasoning_details' | 'none'
  /** Ids of calls must be nine letters and digits, also those of calls that another provider made. */
  readonly nineLetterCallIds?: boolean
  /** How OpenAI's formats carry cache marks; by default only marks that the client wrote in the same format. */
  readonly cacheMarks?: 'cache_control' | 'prompt_cache_breakpoint' | 'none'
  /** Fields of the format that this provider refuses, such as "seed" or "logit_bias". */
  readonly refusedFields?: readonly string[]
}

export type WrittenRequest = {
  readonly body: JsonObject
  readonly dropped: readonly string[]
  /** Names of tools that had to be written differently: as the provider knows them, and as the client does. */
  readonly toolNames?: ReadonlyMap<string, string>
}

/** Reads a provider's stream. A malformed event is counted and skipped. */
export type StreamReader = {
  readonly take: (event: StreamEvent) => readonly NeutralEvent[]
  /** After the last byte; a stream without its last word gives nothing here, and the caller sees no `end`. */
  readonly finish: () => readonly NeutralEvent[]
  readonly malformedEvents: () => number
}

/** How an answer is written for a client. */
export type AnswerOptions = {
  /** The name that the client asked for. */
  readonly model: string
  /** For answers whose provider gave none. */
  readonly id: string
  readonly createdS: number
  readonly wantsUsage: boolean
  /** The request that is answered; the Responses format repeats parts of it. */
  readonly request: NeutralRequest
  /** The format of the provider that answers: whose thoughts these are where their events do not say. */
  readonly from?: FormatName
  /** Gemini without `alt=sse` streams one JSON array. */
  readonly streamFraming?: 'sse' | 'json-array'
}

/** Writes events for a client, as bytes of its format. */
export type StreamWriter = {
  readonly write: (events: readonly NeutralEvent[]) => string
}

/** A wire format of chat. Everything is pure: the same input gives the same output, and no input is changed. */
export type ChatCodec = {
  readonly name: FormatName
  /** Client side. Throws `validation_failed` with `details.param`. */
  readonly readRequest: (body: JsonObject, path: RequestPath) => NeutralRequest
  /** Provider side. Throws `model_unsupported` naming what the provider lacks. */
  readonly writeRequest: (request: NeutralRequest, options: WriteOptions) => WrittenRequest
  /** Provider side. Undefined when the JSON is no answer of this format. */
  readonly readAnswer: (body: JsonObject) => NeutralAnswer | undefined
  readonly makeStreamReader: () => StreamReader
  /** Client side. */
  readonly writeAnswer: (answer: NeutralAnswer, options: AnswerOptions) => JsonObject
  readonly makeStreamWriter: (options: AnswerOptions) => StreamWriter
  /** Provider side: `body` is parsed when it is JSON, else text. */
  readonly readError: (status: number, body: unknown) => NeutralError
  /** Client side: body of an error response. */
  readonly writeError: (error: NeutralError) => JsonObject
}

/** What a format says outside the body: Gemini names model and streaming in the path. */
export type RequestPath = { readonly model?: string; readonly isStream?: boolean }
