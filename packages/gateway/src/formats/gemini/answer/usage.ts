import type { NeutralUsage } from '../../../neutral/neutral-answer.ts'
import type { JsonObject } from '../../parse-json.ts'
import { numberField, objectsField, textField } from '../read-field.ts'

/** What no call can use; the columns of the store end there too. */
const mostTokens = 2 ** 32

/**
 * Counts of `usageMetadata`. Thoughts are output, and what tools of Google's own added to the prompt is input; both
 * stand beside the counts that one might take for the whole.
 */
export function readUsage(metadata: JsonObject): NeutralUsage {
  const thoughts = count(metadata, 'thoughtsTokenCount')
  const audioInput = audioCount(metadata, 'promptTokensDetails')
  const audioOutput = audioCount(metadata, 'candidatesTokensDetails')
  return {
    inputTokens: count(metadata, 'promptTokenCount') + count(metadata, 'toolUsePromptTokenCount'),
    outputTokens: count(metadata, 'candidatesTokenCount') + thoughts,
    cachedInputTokens: count(metadata, 'cachedContentTokenCount'),
    cacheWriteTokens: 0,
    reasoningTokens: thoughts,
    ...(audioInput > 0 ? { audioInputTokens: audioInput } : {}),
    ...(audioOutput > 0 ? { audioOutputTokens: audioOutput } : {}),
  }
}

export function writeUsage(usage: NeutralUsage): JsonObject {
  const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens } = usage
  const { audioInputTokens = 0, audioOutputTokens = 0 } = usage
  return {
    promptTokenCount: inputTokens,
    candidatesTokenCount: outputTokens - reasoningTokens,
    totalTokenCount: inputTokens + outputTokens,
    ...(cachedInputTokens > 0 ? { cachedContentTokenCount: cachedInputTokens } : {}),
    ...(reasoningTokens > 0 ? { thoughtsTokenCount: reasoningTokens } : {}),
    ...(audioInputTokens > 0 ? { promptTokensDetails: split(inputTokens, audioInputTokens) } : {}),
    ...(audioOutputTokens > 0
      ? { candidatesTokensDetails: split(outputTokens - reasoningTokens, audioOutputTokens) }
      : {}),
  }
}

function split(total: number, audio: number): readonly JsonObject[] {
  const text = total - audio
  return [
    ...(text > 0 ? [{ modality: 'TEXT', tokenCount: text }] : []),
    { modality: 'AUDIO', tokenCount: audio },
  ]
}

function audioCount(metadata: JsonObject, name: string): number {
  let total = 0
  for (const detail of objectsField(metadata, name)) {
    if (textField(detail, 'modality') === 'AUDIO') total += count(detail, 'tokenCount')
  }
  return total
}

function count(metadata: JsonObject, name: string): number {
  const value = numberField(metadata, name) ?? 0
  return Number.isInteger(value) && value > 0 && value < mostTokens ? value : 0
}
