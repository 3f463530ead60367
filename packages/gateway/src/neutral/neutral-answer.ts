import type { MeteredUsage } from '@ratchet/core/cost'
import type { JsonObject } from '../formats/parse-json.ts'
import type { Citation, ContentPart, FormatName, MediaPart, OtherPart } from './content.ts'

/**
 * Why an answer ended. `refusal` and `content-filter` are both "content_filter" to chat completions; `pause` is
 * Anthropic's `pause_turn`; `malformed-call` Gemini's MALFORMED_FUNCTION_CALL; `unknown` a word nobody has told us.
 */
export type FinishReason =
  | 'stop'
  | 'length'
  | 'tool-calls'
  | 'content-filter'
  | 'refusal'
  | 'pause'
  | 'malformed-call'
  | 'unknown'

/** Usage in the contract's terms (input includes cached and cache-write tokens, output includes reasoning), with detail. */
export type NeutralUsage = MeteredUsage & {
  readonly acceptedPredictionTokens?: number
  readonly rejectedPredictionTokens?: number
}

export type NeutralChoice = {
  readonly index: number
  readonly parts: readonly ContentPart[]
  readonly finish: FinishReason
  /** The provider's own word for it. */
  readonly finishRaw: string
  readonly stopSequence?: string
  /** In OpenAI's shape: `{ content: [...], refusal: [...] }`. */
  readonly logprobs?: JsonObject
  /** Fields of this choice that only its own format has (Gemini's grounding, safety ratings). */
  readonly other?: OtherPart
}

/** A whole answer without a format. */
export type NeutralAnswer = {
  readonly id: string
  readonly model: string
  /** Seconds since 1970; 0 when the format does not tell. */
  readonly createdS: number
  readonly choices: readonly NeutralChoice[]
  readonly usage?: NeutralUsage
  readonly serviceTier?: string
  /** Top-level fields that nothing above holds; written again for the same format, which `from` names. */
  readonly extra?: JsonObject
  readonly from?: FormatName
}

/** A failure in any provider's words. `type` and `code` are the provider's, `status` is what a client gets. */
export type NeutralError = {
  readonly status: number
  readonly type: string
  readonly code: string
  readonly message: string
  readonly param?: string
  /** The prompt did not fit into the model's context. */
  readonly isContextLength?: boolean
  /** The provider's own id of the request, which its support asks for. */
  readonly requestId?: string
  /** How long the provider asks us to wait, in milliseconds. */
  readonly retryAfterMs?: number
  /** What else the provider said, for clients of the same format. */
  readonly own?: { readonly format: FormatName; readonly fields: JsonObject }
}

/** What a part is when it begins; its text follows in deltas. */
export type PartStart =
  | { readonly kind: 'text' | 'refusal'; readonly extra?: JsonObject }
  | { readonly kind: 'audio'; readonly id: string; readonly mediaType?: string }
  /** Media that a model made come whole, without deltas. */
  | (MediaPart & { readonly kind: 'image' | 'file' | 'video' })
  | {
      readonly kind: 'reasoning'
      readonly id?: string
      readonly isRedacted?: boolean
      readonly extra?: JsonObject
    }
  | {
      readonly kind: 'tool-call'
      readonly id: string
      readonly name: string
      readonly itemId?: string
      readonly extra?: JsonObject
    }
  | OtherPart

/**
 * What happens in a streamed answer. `part` counts from 0 within a choice and names one part from its start to its
 * end; parts of chat completions may interleave. `usage` is cumulative: the last one counts.
 */
export type NeutralEvent =
  | { readonly kind: 'start'; readonly id: string; readonly model: string; readonly createdS: number }
  | { readonly kind: 'part-start'; readonly choice: number; readonly part: number; readonly start: PartStart }
  /** Text, thoughts, a refusal, base64 sound, or arguments of a call. */
  | { readonly kind: 'part-delta'; readonly choice: number; readonly part: number; readonly text: string }
  /** What the sound of an audio part says. */
  | {
      readonly kind: 'part-transcript'
      readonly choice: number
      readonly part: number
      readonly text: string
    }
  /** Signature or encrypted content of a reasoning part, or signature of a call or (Gemini) text; at most once each. */
  | {
      readonly kind: 'part-proof'
      readonly choice: number
      readonly part: number
      /** The format whose provider made it; a writer of another format packs it together with this name. */
      readonly from?: FormatName
      readonly signature?: string
      readonly encrypted?: string
    }
  | {
      readonly kind: 'part-citation'
      readonly choice: number
      readonly part: number
      readonly citation: Citation
    }
  /** `final`: an `other` part as it stands now, where that differs from its start. `extra` joins the part's. */
  | {
      readonly kind: 'part-end'
      readonly choice: number
      readonly part: number
      readonly final?: JsonObject
      readonly extra?: JsonObject
    }
  | { readonly kind: 'logprobs'; readonly choice: number; readonly logprobs: JsonObject }
  /** Fields of the choice that only its own format has; later ones join earlier ones. */
  | { readonly kind: 'choice-fields'; readonly choice: number; readonly other: OtherPart }
  | {
      readonly kind: 'finish'
      readonly choice: number
      readonly finish: FinishReason
      readonly finishRaw: string
      readonly stopSequence?: string
    }
  | { readonly kind: 'usage'; readonly usage: NeutralUsage }
  /** Top-level fields of the answer, when they come or change. */
  | {
      readonly kind: 'answer-fields'
      readonly serviceTier?: string
      readonly extra?: JsonObject
      /** The format of `extra`. */
      readonly from?: FormatName
    }
  | { readonly kind: 'ping' }
  /** An event of its own format that has no neutral form; only that format's encoder writes it. */
  | { readonly kind: 'other'; readonly value: OtherPart }
  | { readonly kind: 'error'; readonly error: NeutralError }
  /** The format's own last word (`[DONE]`, `message_stop`, `response.completed`); without it a stream was cut. */
  | { readonly kind: 'end' }
