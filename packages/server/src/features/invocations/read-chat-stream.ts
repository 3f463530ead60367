import type { Usage } from '@ratchet/contract'
import { usage } from '@ratchet/contract'
import { z } from 'zod'

/** What the chunks of one OpenAI-format stream come to; `error` is the provider's or gateway's own. */
export type ChatPiece =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'tool-call'
      readonly index: number
      readonly id: string
      readonly name: string
      readonly arguments: string
    }
  | { readonly kind: 'finish'; readonly reason: string }
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'cost'; readonly costNano: number; readonly isKnown: boolean }
  | { readonly kind: 'error'; readonly error: GatewayError }
  | { readonly kind: 'done' }

export const gatewayError = z.looseObject({
  message: z.string().default(''),
  code: z.union([z.string(), z.number()]).nullish(),
  type: z.string().nullish(),
  details: z.record(z.string(), z.unknown()).optional(),
})
export type GatewayError = z.output<typeof gatewayError>

/** Tolerant: providers add and leave out fields. */
const chunk = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        delta: z
          .looseObject({
            content: z.string().nullish(),
            tool_calls: z
              .array(
                z.looseObject({
                  index: z.number().int().default(0),
                  id: z.string().nullish(),
                  function: z
                    .looseObject({ name: z.string().nullish(), arguments: z.string().nullish() })
                    .optional(),
                }),
              )
              .nullish(),
          })
          .optional(),
        finish_reason: z.string().nullish(),
      }),
    )
    .default([]),
  usage: z
    .looseObject({
      prompt_tokens: z.number().default(0),
      completion_tokens: z.number().default(0),
      prompt_tokens_details: z.looseObject({ cached_tokens: z.number().nullish() }).nullish(),
      completion_tokens_details: z.looseObject({ reasoning_tokens: z.number().nullish() }).nullish(),
    })
    .nullish(),
  ratchet: z
    .looseObject({ costNano: z.number().int().optional(), costKnown: z.boolean().default(true) })
    .nullish(),
  error: gatewayError.optional(),
})

/** Reads the lines of a `text/event-stream` in OpenAI's chat format. Comments and unknown fields are skipped. */
export async function* readChatStream(lines: AsyncIterable<string>): AsyncGenerator<ChatPiece> {
  for await (const line of lines) {
    if (!line.startsWith('data:')) continue
    const data = line.slice(5).trim()
    if (data === '') continue
    if (data === '[DONE]') {
      yield { kind: 'done' }
      return
    }
    yield* piecesOf(chunk.parse(JSON.parse(data)))
  }
}

function* piecesOf(parsed: z.output<typeof chunk>): Generator<ChatPiece> {
  if (parsed.error) yield { kind: 'error', error: parsed.error }
  const [choice] = parsed.choices
  if (choice?.delta?.content) yield { kind: 'text', text: choice.delta.content }
  for (const call of choice?.delta?.tool_calls ?? []) {
    const { index, id } = call
    yield {
      kind: 'tool-call',
      index,
      id: id ?? '',
      name: call.function?.name ?? '',
      arguments: call.function?.arguments ?? '',
    }
  }
  if (choice?.finish_reason) yield { kind: 'finish', reason: choice.finish_reason }
  if (parsed.usage) yield { kind: 'usage', usage: usageOf(parsed.usage) }
  const { costNano, costKnown = true } = parsed.ratchet ?? {}
  if (costNano !== undefined) yield { kind: 'cost', costNano, isKnown: costKnown }
}

function usageOf(given: NonNullable<z.output<typeof chunk>['usage']>): Usage {
  return usage.parse({
    inputTokens: given.prompt_tokens,
    outputTokens: given.completion_tokens,
    cachedInputTokens: given.prompt_tokens_details?.cached_tokens ?? 0,
    reasoningTokens: given.completion_tokens_details?.reasoning_tokens ?? 0,
  })
}
