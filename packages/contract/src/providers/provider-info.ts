import { z } from 'zod'

/**
 * Whom the gateway can speak to. `openai-compatible` is any server of that form that is not listed; `offline` is
 * built in and is not a language model.
 */
export const providers = [
  'openai',
  'azure-openai',
  'anthropic',
  'gemini',
  'vertex',
  'bedrock',
  'mistral',
  'cohere',
  'groq',
  'together',
  'fireworks',
  'deepseek',
  'xai',
  'openrouter',
  'perplexity',
  'cerebras',
  'nvidia-nim',
  'hugging-face',
  'ollama',
  'vllm',
  'llama-cpp',
  'lm-studio',
  'openai-compatible',
  'offline',
] as const
export const provider = z.enum(providers)
export type Provider = (typeof providers)[number]

/** APIs that a provider may offer; `chat` is the one of its own wire format. */
export const providerEndpoints = [
  'chat',
  'responses',
  'embeddings',
  'images',
  'speech',
  'transcription',
  'moderations',
  'rerank',
  'files',
  'batches',
  'count-tokens',
] as const
export type ProviderEndpoint = (typeof providerEndpoints)[number]

/**
 * How a credential is sent. `none` needs no credential, and sends one that is given as bearer. `google` is an API key,
 * an access token or the JSON of a service account; `aws` an API key of Bedrock or `ACCESS_KEY_ID:SECRET[:SESSION_TOKEN]`.
 */
export type ProviderAuth = 'bearer' | 'x-api-key' | 'api-key' | 'x-goog-api-key' | 'google' | 'aws' | 'none'

/** Something besides address and credential that a connection of this provider is told. */
export type ProviderSetting = {
  readonly name: string
  readonly label: string
  readonly required: boolean
  readonly default?: string
  /** Environment variables that hold it, for connections found at start. */
  readonly variables?: readonly string[]
}

/** How thinking is asked for: a word, a number of tokens, an adaptive setting, a Gemini level, or not at all. */
export type ReasoningStyle = 'effort' | 'budget' | 'adaptive' | 'level' | 'none'

/**
 * What all chat models of a provider have in common. A fact that is absent has not been established: the field is then
 * sent as it came and the provider has the last word.
 */
export type ChatFacts = {
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens'
  /** False: developer messages must be written as system messages. */
  readonly developerRole?: boolean
  /** A JSON schema for the answer. */
  readonly structuredOutput?: boolean
  /** Top-level fields that make the provider answer with an error. */
  readonly refusedFields?: readonly string[]
  /** Fields that the provider knows by another name. */
  readonly renamedFields?: Readonly<Record<string, string>>
  readonly logprobs?: boolean
  /** More than one answer to a request (`n`). */
  readonly choices?: boolean
  readonly seed?: boolean
  readonly parallelToolCalls?: boolean
  readonly reasoning?: ReasoningStyle
  /** Where an assistant message takes its earlier thoughts back. */
  readonly thoughtsField?: 'reasoning_content' | 'reasoning' | 'reasoning_details' | 'none'
  /** Thoughts come as parts of the content, which clients of OpenAI's format do not expect. */
  readonly thoughtsInContent?: boolean
  /** Ids of calls must be nine letters and digits, also those of calls that another provider made. */
  readonly nineLetterCallIds?: boolean
  /** How cache marks are written; absent: only those that the client wrote in the same format. */
  readonly cacheMarks?: 'cache_control' | 'prompt_cache_breakpoint' | 'none'
}

/** A provider's own facts; those of single models are in `@ratchet/core/catalog`. */
export type ProviderInfo = {
  readonly label: string
  /** Wire format of its chat. */
  readonly format: 'openai' | 'anthropic' | 'gemini' | 'bedrock' | 'offline'
  readonly auth: ProviderAuth
  /**
   * Address in front of `/chat/completions`, `/messages`, `/models/{model}:generateContent`, `/publishers/...` (Vertex)
   * or `/model/{model}/converse` (Bedrock); for Azure in front of `/openai`. `{name}` stands for a setting.
   */
  readonly defaultBaseUrl?: string
  /** Environment variables that a credential is found in; the first that is set counts. */
  readonly keyVariables: readonly string[]
  /** Environment variables that name another address. */
  readonly baseUrlVariables?: readonly string[]
  readonly settings: readonly ProviderSetting[]
  /** What the gateway can ask of this provider. */
  readonly endpoints: readonly ProviderEndpoint[]
  /** Endpoints that are not below the base address: their path from the root of the host. */
  readonly paths?: Readonly<Partial<Record<ProviderEndpoint, string>>>
  readonly chat: ChatFacts
  /** Where the vendor describes its API. */
  readonly docs: string
}
