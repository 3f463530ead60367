import type { JsonObject } from '../formats/parse-json.ts'
import type { CacheMark, ContentPart, FormatName } from './content.ts'

/** System and developer messages stay where they stand; results of tools are messages of their own (`tool`). */
export type Message = {
  readonly role: 'system' | 'developer' | 'user' | 'assistant' | 'tool'
  readonly content: readonly ContentPart[]
  readonly name?: string
  /** Fields of the message that only its own format knows; written again for the same format. */
  readonly extra?: JsonObject
}

export type FunctionTool = {
  readonly kind: 'function'
  readonly name: string
  readonly description?: string
  /** JSON schema of the arguments, as the caller wrote it; never changed in place. */
  readonly schema?: JsonObject
  readonly isStrict?: boolean
  readonly cache?: CacheMark
  /** Fields of this tool that only its own format knows; written again for the same format. */
  readonly extra?: JsonObject
}

/** A tool that runs at the provider (web search, code execution); `value` as its format writes it. */
export type ProviderTool = {
  readonly kind: 'provider'
  readonly format: FormatName
  readonly value: JsonObject
}

export type ToolChoice =
  | { readonly kind: 'auto' | 'none' | 'required' }
  | { readonly kind: 'tool'; readonly name: string }
  | { readonly kind: 'allowed'; readonly mode: 'auto' | 'required'; readonly names: readonly string[] }

export type OutputShape =
  | { readonly kind: 'text' | 'json' }
  | {
      readonly kind: 'json-schema'
      readonly name: string
      readonly schema: JsonObject
      readonly description?: string
      readonly isStrict?: boolean
    }

/** How much a model may think: as a word, as tokens, or as its format's own setting. */
export type Reasoning = {
  readonly effort?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'
  readonly budgetTokens?: number
  /** The model decides (Anthropic `adaptive`, Gemini budget -1). */
  readonly isAdaptive?: boolean
  /** Thoughts are wanted in the answer. */
  readonly isShown?: boolean
  /** Responses: `auto`, `concise`, `detailed`. */
  readonly summary?: string
}

/** A chat request without a format: what every wire format is read into and written from. */
export type NeutralRequest = {
  readonly from: FormatName
  readonly model: string
  readonly messages: readonly Message[]
  readonly isStream: boolean
  /** The client asked for a usage chunk (chat completions); other formats always tell usage. */
  readonly wantsUsage: boolean
  readonly tools: readonly (FunctionTool | ProviderTool)[]
  readonly toolChoice?: ToolChoice
  readonly parallelToolCalls?: boolean
  /** Chat completions: the client speaks `functions` and `function_call`, which came before tools. */
  readonly usesFunctions?: boolean
  readonly output?: OutputShape
  readonly reasoning?: Reasoning
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly stop?: readonly string[]
  readonly seed?: number
  readonly frequencyPenalty?: number
  readonly presencePenalty?: number
  readonly logitBias?: JsonObject
  /** Answers wanted; 1 when absent. */
  readonly choices?: number
  /** Log probabilities wanted, with so many alternatives for each token. */
  readonly logprobs?: { readonly top: number }
  readonly modalities?: readonly string[]
  readonly user?: string
  readonly metadata?: JsonObject
  readonly serviceTier?: string
  /** Responses: the stored answer that this request continues, and whether to store this one. */
  readonly previousResponseId?: string
  readonly store?: boolean
  /** Top-level fields that nothing above holds; written again for the same format. */
  readonly extra: JsonObject
}
