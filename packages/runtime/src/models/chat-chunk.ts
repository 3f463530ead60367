import { z } from 'zod'

const toolCallPiece = z.looseObject({
  index: z.number().int().min(0).max(1000).optional(),
  id: z.string().nullish(),
  type: z.string().nullish(),
  function: z.looseObject({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
})
export type ToolCallPiece = z.output<typeof toolCallPiece>

const count = z.number().min(0).transform(Math.round).catch(0).default(0)

/** Token counts as OpenAI writes them, with the places where others put their cache counts. */
export const chatUsage = z
  .looseObject({
    prompt_tokens: count,
    completion_tokens: count,
    prompt_tokens_details: z
      .looseObject({ cached_tokens: count, cache_creation_tokens: count })
      .nullish()
      .catch(null),
    completion_tokens_details: z.looseObject({ reasoning_tokens: count }).nullish().catch(null),
    cache_creation_input_tokens: count,
  })
  .transform((usage) => ({
    inputTokens: usage.prompt_tokens,
    outputTokens: usage.completion_tokens,
    cachedInputTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
    cacheWriteTokens: usage.prompt_tokens_details?.cache_creation_tokens || usage.cache_creation_input_tokens,
    reasoningTokens: usage.completion_tokens_details?.reasoning_tokens ?? 0,
  }))

/** What we read of a `chat.completion.chunk`; tolerant, because servers leave fields out and add others. */
export const chatChunk = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        delta: z
          .looseObject({
            content: z.string().nullish(),
            refusal: z.string().nullish(),
            tool_calls: z.array(toolCallPiece).nullish(),
          })
          .nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: chatUsage.nullish(),
  /** The gateway adds what the call cost for callers with an invocation token. */
  ratchet: z
    .looseObject({ costNano: z.number().int().optional(), costKnown: z.boolean().optional() })
    .nullish()
    .catch(null),
  error: z.unknown().optional(),
})
export type ChatChunk = z.output<typeof chatChunk>
