import type { JsonObject } from '../formats/parse-json.ts'

/** The wire formats of chat that the gateway speaks, to clients, to providers, or to both. */
export type FormatName = 'openai-chat' | 'openai-responses' | 'anthropic' | 'gemini' | 'bedrock'

/** Where an image, a file or a sound comes from. `data` is base64. A file id means something to one format only. */
export type MediaSource =
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly kind: 'url'; readonly url: string; readonly mediaType?: string }
  | {
      readonly kind: 'file-id'
      readonly id: string
      readonly format: FormatName
      readonly mediaType?: string
    }
  | { readonly kind: 'text'; readonly text: string; readonly mediaType: string }

/** "The prompt up to here is worth caching": Anthropic's `cache_control` and Bedrock's `cachePoint`. */
export type CacheMark = { readonly ttl?: '5m' | '1h' }

/** A part of a message that both sides may write. */
export type MediaPart = {
  readonly kind: 'image' | 'file' | 'audio' | 'video'
  readonly source: MediaSource
  readonly name?: string
  /** OpenAI's `detail` of an image. */
  readonly detail?: string
  /** Gemini signs any kind of part; kept byte for byte for Gemini alone. */
  readonly signature?: string
  readonly cache?: CacheMark
  /** Fields of this part that only its own format knows; written again for the same format. */
  readonly extra?: JsonObject
}

export type TextPart = {
  readonly kind: 'text'
  readonly text: string
  readonly cache?: CacheMark
  /** Sources the text quotes, as its own format writes them. */
  readonly citations?: readonly Citation[]
  /** Gemini signs any kind of part; kept byte for byte for Gemini alone. */
  readonly signature?: string
  readonly extra?: JsonObject
}

/** One quoted source of a text; positions are in UTF-16 units of the text it belongs to. */
export type Citation = {
  readonly start?: number
  readonly end?: number
  readonly url?: string
  readonly title?: string
  readonly quote?: string
  /** The citation as its own format wrote it. */
  readonly raw: { readonly format: FormatName; readonly value: JsonObject }
}

/**
 * What a model thought. `signature` and `encrypted` prove it to the provider that wrote it: they are kept byte for
 * byte over turns and left out for any other provider. `redacted` thoughts have no text.
 */
export type ReasoningPart = {
  readonly kind: 'reasoning'
  readonly text: string
  readonly signature?: string
  readonly encrypted?: string
  readonly isRedacted?: boolean
  readonly id?: string
  /** The format whose provider made signature or encrypted content. */
  readonly from: FormatName
  /** Fields of this part that only its own format knows; written again for the same format. */
  readonly extra?: JsonObject
}

/** `arguments` is JSON as text, exactly as the model wrote it; it may be empty or broken. */
export type ToolCallPart = {
  readonly kind: 'tool-call'
  readonly id: string
  readonly name: string
  readonly arguments: string
  /** Gemini signs calls: the thought that led to one. */
  readonly signature?: string
  readonly from?: FormatName
  /** The item's own id, where it differs from the call's id (Responses). */
  readonly itemId?: string
  readonly cache?: CacheMark
  readonly extra?: JsonObject
}

export type ToolResultPart = {
  readonly kind: 'tool-result'
  readonly callId: string
  /** Known when the format names it; otherwise found by the call of the same id. */
  readonly name?: string
  readonly content: readonly (TextPart | MediaPart)[]
  readonly isError: boolean
  readonly cache?: CacheMark
  readonly extra?: JsonObject
}

export type RefusalPart = { readonly kind: 'refusal'; readonly text: string }

/** Something that only one format has (server tools and their results); passed on to that format alone. */
export type OtherPart = { readonly kind: 'other'; readonly format: FormatName; readonly value: JsonObject }

export type ContentPart =
  | TextPart
  | MediaPart
  | ReasoningPart
  | ToolCallPart
  | ToolResultPart
  | RefusalPart
  | OtherPart
