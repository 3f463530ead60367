import { providerTable, type Provider, type ReasoningStyle } from '@ratchet/contract'
import { claudeAbilities, geminiAbilities, gptAbilities, grokAbilities } from './family-abilities.ts'

/**
 * What a model of a provider can do, as far as it decides how a request is written. A fact that is absent has not been
 * established: write the field as it came, the provider has the last word.
 */
export type ModelAbilities = {
  /** Longest answer in tokens; what a format that demands a limit gets when the client gave none. */
  readonly maxOutputTokens?: number
  /** How thinking is asked for, in the wire format of the provider. */
  readonly reasoning?: ReasoningStyle
  /** Words that the model takes as effort. */
  readonly efforts?: readonly string[]
  readonly structuredOutput?: boolean
  readonly tools?: boolean
  /** Pictures in the prompt. */
  readonly images?: boolean
  /** False: neither temperature nor top_p nor penalties. */
  readonly sampling?: boolean
  /** False: a tool choice of `required`, or of one tool, is an error. */
  readonly forcedToolChoice?: boolean
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens'
  readonly developerRole?: boolean
  /** Where a chat model takes its earlier thoughts back. */
  readonly thoughtsField?: 'reasoning_content' | 'reasoning' | 'reasoning_details' | 'none'
  /** Thoughts come as parts of the content, which clients of OpenAI's format do not expect. */
  readonly thoughtsInContent?: boolean
  /** Ids of calls must be nine letters and digits, also those of calls that another provider made. */
  readonly nineLetterCallIds?: boolean
  /** How OpenAI's formats carry cache marks. */
  readonly cacheMarks?: 'cache_control' | 'prompt_cache_breakpoint' | 'none'
  /** More than one answer to a request. */
  readonly choices?: boolean
  readonly logprobs?: boolean
  readonly seed?: boolean
  readonly parallelToolCalls?: boolean
  /** Fields that make the provider answer with an error. */
  readonly refusedFields?: readonly string[]
  /** Fields that the provider knows by another name. */
  readonly renamedFields?: Readonly<Record<string, string>>
}

const families = [claudeAbilities, gptAbilities, geminiAbilities, grokAbilities]

/**
 * Facts of the provider, and over them those of the model's family. Costs a few regular expressions: ask once for each
 * model and keep the answer.
 */
export function modelAbilities(provider: Provider, model: string): ModelAbilities {
  const { chat, format } = providerTable[provider]
  const name = model.toLowerCase()
  let family: ModelAbilities | undefined
  for (const read of families) family ??= read(name)
  if (family === undefined) return chat
  const refusedFields = [...(chat.refusedFields ?? []), ...(family.refusedFields ?? [])]
  const reasoning = reasoningStyle(chat.reasoning, family.reasoning, format)
  const { reasoning: _, ...rest } = family
  return {
    ...chat,
    ...rest,
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(chat.structuredOutput === false ? { structuredOutput: false } : {}),
    ...(chat.developerRole === false ? { developerRole: false } : {}),
    ...(refusedFields.length === 0 ? {} : { refusedFields: [...new Set(refusedFields)] }),
  }
}

/** Budgets, adaptive thinking and levels exist in their own formats only; who speaks OpenAI's asks by effort, if at all. */
function reasoningStyle(
  ofProvider: ReasoningStyle | undefined,
  ofFamily: ReasoningStyle | undefined,
  format: string,
): ReasoningStyle | undefined {
  if (ofFamily === 'none' || ofFamily === undefined) return ofFamily ?? ofProvider
  return format === 'openai' && ofFamily !== 'effort' ? ofProvider : ofFamily
}
