import type { NeutralUsage } from '../../../neutral/neutral-answer.ts'
import { otherFields } from '../../../neutral/json-field.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { bothSpellings, numberField, objectField, objectsField, textField } from '../read-field.ts'

/** What no call can use; the columns of the store end there too. */
const mostTokens = 2 ** 32

/**
 * Counts of `usageMetadata`. Thoughts are output, and what tools of Google's own added to the prompt is input; both
 * stand beside the counts that one might take for the whole.
 */
export function readUsage(metadata: JsonObject): NeutralUsage {
  const thoughts = count(metadata, 'thoughtsTokenCount')
  const audioInput = countOf(metadata, 'promptTokensDetails', 'AUDIO')
  const audioOutput = countOf(metadata, 'candidatesTokensDetails', 'AUDIO')
  const imageInput = countOf(metadata, 'promptTokensDetails', 'IMAGE')
  const imageOutput = countOf(metadata, 'candidatesTokensDetails', 'IMAGE')
  return {
    inputTokens: count(metadata, 'promptTokenCount') + count(metadata, 'toolUsePromptTokenCount'),
    outputTokens: count(metadata, 'candidatesTokenCount') + thoughts,
    cachedInputTokens: count(metadata, 'cachedContentTokenCount'),
    cacheWriteTokens: 0,
    reasoningTokens: thoughts,
    ...(audioInput > 0 ? { audioInputTokens: audioInput } : {}),
    ...(audioOutput > 0 ? { audioOutputTokens: audioOutput } : {}),
    ...(imageInput > 0 ? { imageInputTokens: imageInput } : {}),
    ...(imageOutput > 0 ? { imageOutputTokens: imageOutput } : {}),
  }
}

const countedNames = bothSpellings(
  'promptTokenCount',
  'candidatesTokenCount',
  'totalTokenCount',
  'thoughtsTokenCount',
  'cachedContentTokenCount',
)

/** What of `usageMetadata` has no neutral form, as a field of the answer for clients of Gemini: details, kind of traffic. */
export function otherUsage(metadata: JsonObject): { readonly usageMetadata: JsonObject } | undefined {
  const usageMetadata = otherFields(metadata, countedNames)
  return usageMetadata === undefined ? undefined : { usageMetadata }
}

/** Searches stand beside the counts, in the candidates; see {@link countSearches}. */
export function withSearches(usage: NeutralUsage, searches: number): NeutralUsage {
  return searches === 0 ? usage : { ...usage, units: { searches } }
}

/** Queries that answers of these candidates were grounded with: Google counts each once, and empty ones not at all. */
export function countSearches(candidates: readonly JsonObject[]): number {
  const searches = new Set<string>()
  for (const candidate of candidates) {
    const queries = objectField(candidate, 'groundingMetadata')?.['webSearchQueries']
    for (const query of Array.isArray(queries) ? queries : [])
      if (typeof query === 'string' && query.trim() !== '') searches.add(query)
  }
  return searches.size
}

/** `usageMetadata` for a client; `other` is what {@link otherUsage} kept of Gemini's own. */
export function answerUsage(usage: NeutralUsage, other: unknown): JsonObject {
  const written = writeUsage(usage)
  if (!isJsonObject(other)) return written
  const promptTokenCount = usage.inputTokens - count(other, 'toolUsePromptTokenCount')
  return { ...written, ...other, promptTokenCount }
}

function writeUsage(usage: NeutralUsage): JsonObject {
  const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens } = usage
  const seen = { audio: usage.audioInputTokens ?? 0, image: usage.imageInputTokens ?? 0 }
  const made = { audio: usage.audioOutputTokens ?? 0, image: usage.imageOutputTokens ?? 0 }
  return {
    promptTokenCount: inputTokens,
    candidatesTokenCount: outputTokens - reasoningTokens,
    totalTokenCount: inputTokens + outputTokens,
    ...(cachedInputTokens > 0 ? { cachedContentTokenCount: cachedInputTokens } : {}),
    ...(reasoningTokens > 0 ? { thoughtsTokenCount: reasoningTokens } : {}),
    ...(seen.audio + seen.image > 0 ? { promptTokensDetails: split(inputTokens, seen) } : {}),
    ...(made.audio + made.image > 0
      ? { candidatesTokensDetails: split(outputTokens - reasoningTokens, made) }
      : {}),
  }
}

function split(total: number, { audio, image }: { audio: number; image: number }): readonly JsonObject[] {
  const parts = [
    { modality: 'TEXT', tokenCount: total - audio - image },
    { modality: 'AUDIO', tokenCount: audio },
    { modality: 'IMAGE', tokenCount: image },
  ]
  return parts.filter(({ tokenCount }) => tokenCount > 0)
}

function countOf(metadata: JsonObject, name: string, modality: string): number {
  let total = 0
  for (const detail of objectsField(metadata, name)) {
    if (textField(detail, 'modality') === modality) total += count(detail, 'tokenCount')
  }
  return total
}

function count(metadata: JsonObject, name: string): number {
  const value = numberField(metadata, name) ?? 0
  return Number.isInteger(value) && value > 0 && value < mostTokens ? value : 0
}
