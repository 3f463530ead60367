import type { NeutralUsage } from '../../neutral/neutral-answer.ts'
import { countField, objectField } from '../../neutral/json-field.ts'
import { isJsonObject, type JsonObject } from '../parse-json.ts'

const none: JsonObject = {}

/**
 * Token counts of an answer or a chunk, wherever a server puts them: `usage`, `x_groq.usage`, or within a choice
 * (Moonshot). Undefined when it has none.
 */
export function findUsage(body: JsonObject): NeutralUsage | undefined {
  const usage = readUsage(body['usage'])
  if (usage !== undefined) return usage
  const groq = objectField(body, 'x_groq')
  if (groq !== undefined) return readUsage(groq['usage'])
  const choice: unknown = Array.isArray(body['choices']) ? body['choices'][0] : undefined
  return isJsonObject(choice) ? readUsage(choice['usage']) : undefined
}

/** Token counts of chat completions in the contract's terms. */
export function readUsage(value: unknown): NeutralUsage | undefined {
  if (!isJsonObject(value)) return undefined
  const input = countField(value, 'prompt_tokens') ?? countField(value, 'input_tokens')
  const output = countField(value, 'completion_tokens') ?? countField(value, 'output_tokens')
  if (input === undefined && output === undefined) return undefined
  const inputDetail = objectField(value, 'prompt_tokens_details') ?? none
  const outputDetail = objectField(value, 'completion_tokens_details') ?? none
  const reasoning = countField(outputDetail, 'reasoning_tokens') ?? countField(value, 'reasoning_tokens') ?? 0
  return {
    inputTokens: input ?? 0,
    outputTokens: withThoughts(value, { input: input ?? 0, output: output ?? 0, reasoning }),
    cachedInputTokens: readCached(value, inputDetail),
    cacheWriteTokens: readWritten(value, inputDetail),
    reasoningTokens: reasoning,
    ...readDetail(inputDetail, outputDetail),
    ...readSearches(value),
  }
}

/** OpenRouter; Perplexity. */
function readSearches(usage: JsonObject): Pick<NeutralUsage, 'units'> {
  const searches =
    countField(objectField(usage, 'server_tool_use') ?? none, 'web_search_requests') ??
    countField(usage, 'num_search_queries') ??
    0
  return searches === 0 ? {} : { units: { searches } }
}

/** OpenAI; DeepSeek; Moonshot; LiteLLM. */
function readCached(usage: JsonObject, detail: JsonObject): number {
  return (
    countField(detail, 'cached_tokens') ??
    countField(usage, 'prompt_cache_hit_tokens') ??
    countField(usage, 'cached_tokens') ??
    countField(usage, 'cache_read_input_tokens') ??
    0
  )
}

function readWritten(usage: JsonObject, detail: JsonObject): number {
  return (
    countField(detail, 'cache_write_tokens') ??
    countField(detail, 'cache_creation_tokens') ??
    countField(usage, 'cache_creation_input_tokens') ??
    0
  )
}

type Counts = { readonly input: number; readonly output: number; readonly reasoning: number }

/** xAI counts thoughts beside the completion; its total tells. */
function withThoughts(usage: JsonObject, { input, output, reasoning }: Counts): number {
  const total = countField(usage, 'total_tokens')
  return reasoning > 0 && total === input + output + reasoning ? output + reasoning : output
}

type Detail = Pick<
  NeutralUsage,
  | 'audioInputTokens'
  | 'audioOutputTokens'
  | 'imageInputTokens'
  | 'imageOutputTokens'
  | 'acceptedPredictionTokens'
  | 'rejectedPredictionTokens'
>

/** What only some models count; 0 is not told. */
function readDetail(input: JsonObject, output: JsonObject): Detail {
  const heard = countField(input, 'audio_tokens') ?? 0
  const spoken = countField(output, 'audio_tokens') ?? 0
  const seen = countField(input, 'image_tokens') ?? 0
  const drawn = countField(output, 'image_tokens') ?? 0
  const accepted = countField(output, 'accepted_prediction_tokens') ?? 0
  const rejected = countField(output, 'rejected_prediction_tokens') ?? 0
  return {
    ...(heard === 0 ? {} : { audioInputTokens: heard }),
    ...(spoken === 0 ? {} : { audioOutputTokens: spoken }),
    ...(seen === 0 ? {} : { imageInputTokens: seen }),
    ...(drawn === 0 ? {} : { imageOutputTokens: drawn }),
    ...(accepted === 0 ? {} : { acceptedPredictionTokens: accepted }),
    ...(rejected === 0 ? {} : { rejectedPredictionTokens: rejected }),
  }
}

/** `usage` for a client; the total is always the sum. */
export function writeUsage(usage: NeutralUsage): JsonObject {
  const { inputTokens, outputTokens } = usage
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cachedInputTokens,
      cache_write_tokens: usage.cacheWriteTokens,
      audio_tokens: usage.audioInputTokens ?? 0,
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: usage.audioOutputTokens ?? 0,
      accepted_prediction_tokens: usage.acceptedPredictionTokens ?? 0,
      rejected_prediction_tokens: usage.rejectedPredictionTokens ?? 0,
    },
  }
}
