import { otherFields } from '../../../neutral/json-field.ts'
import type { ContentPart } from '../../../neutral/content.ts'
import type { NeutralAnswer, NeutralChoice } from '../../../neutral/neutral-answer.ts'
import type { JsonObject } from '../../parse-json.ts'
import { CallIds } from '../call-ids.ts'
import { bothSpellings, numberField, objectField, objectsField, textField } from '../read-field.ts'
import { readPart } from '../read-part.ts'
import { readCitations, type CitedText, type FoundCitation } from './citations.ts'
import { readFinishReason } from './finish-reasons.ts'
import { readLogprobs } from './logprobs.ts'
import { countSearches, otherUsage, readUsage, withSearches } from './usage.ts'

const answerNames = bothSpellings('candidates', 'usageMetadata', 'modelVersion', 'responseId', 'createTime')
const candidateNames = bothSpellings('content', 'finishReason', 'index', 'logprobsResult')

/** Reads an answer of generateContent; undefined when the JSON is none. */
export function readAnswer(body: JsonObject): NeutralAnswer | undefined {
  const usage = objectField(body, 'usageMetadata')
  const feedback = objectField(body, 'promptFeedback')
  const candidates = objectsField(body, 'candidates')
  const isAnswer = Array.isArray(body['candidates']) || usage !== undefined || feedback !== undefined
  if (!isAnswer) return undefined
  const head = readHead(body)
  const ids = new CallIds(head.id)
  const choices = candidates.map((candidate, at) =>
    readCandidate(candidate, candidateIndex(candidates, at), ids),
  )
  const blocked = choices.length === 0 ? readBlocked(body) : undefined
  const counts = usage === undefined ? undefined : otherUsage(usage)
  const extra = counts === undefined ? readAnswerExtra(body) : { ...readAnswerExtra(body), ...counts }
  return {
    ...head,
    choices: blocked === undefined ? choices : [blocked],
    ...(usage === undefined ? {} : { usage: withSearches(readUsage(usage), countSearches(candidates)) }),
    ...(extra === undefined ? {} : { extra, from: 'gemini' }),
  }
}

export function readHead(body: JsonObject): Pick<NeutralAnswer, 'id' | 'model' | 'createdS'> {
  const createdMs = Date.parse(textField(body, 'createTime') ?? '')
  return {
    id: textField(body, 'responseId') ?? '',
    model: textField(body, 'modelVersion') ?? '',
    createdS: Number.isNaN(createdMs) ? 0 : Math.floor(createdMs / 1000),
  }
}

/** Top-level fields that nothing else holds. */
export function readAnswerExtra(body: JsonObject): JsonObject | undefined {
  return otherFields(body, answerNames)
}

/** A prompt that was blocked has no candidates at all, only the reason (A4.26). */
export function readBlocked(body: JsonObject): NeutralChoice | undefined {
  const feedback = objectField(body, 'promptFeedback')
  const reason = feedback === undefined ? undefined : textField(feedback, 'blockReason')
  if (feedback === undefined || reason === undefined) return undefined
  const message = textField(feedback, 'blockReasonMessage')
  const parts: ContentPart[] = message === undefined ? [] : [{ kind: 'refusal', text: message }]
  return { index: 0, parts, finish: 'content-filter', finishRaw: reason }
}

/** Servers leave out an index of 0, and some leave out every index. */
export function candidateIndex(candidates: readonly JsonObject[], at: number): number {
  const index = numberField(candidates[at] ?? {}, 'index')
  if (index !== undefined) return index
  return candidates.some((candidate) => numberField(candidate, 'index') !== undefined) ? 0 : at
}

/** Fields of a candidate that only Gemini has: grounding, ratings, averages. */
export function readCandidateOther(candidate: JsonObject): NeutralChoice['other'] {
  const value = otherFields(candidate, candidateNames)
  return value === undefined ? undefined : { kind: 'other', format: 'gemini', value }
}

function readCandidate(candidate: JsonObject, index: number, ids: CallIds): NeutralChoice {
  const content = objectField(candidate, 'content') ?? {}
  const parts = withoutEmpty(objectsField(content, 'parts').map((part) => readPart(part, ids)))
  const raw = textField(candidate, 'finishReason') ?? ''
  const hasCalls = parts.some((part) => part.kind === 'tool-call')
  const logprobs = objectField(candidate, 'logprobsResult')
  const other = readCandidateOther(candidate)
  const texts: CitedText[] = []
  for (const [at, part] of parts.entries()) if (part.kind === 'text') texts.push({ at, text: part.text })
  return {
    index,
    parts: addCitations(parts, readCitations(candidate, texts)),
    finish: readFinishReason(raw, hasCalls),
    finishRaw: raw,
    ...(logprobs === undefined ? {} : { logprobs: readLogprobs(logprobs) }),
    ...(other === undefined ? {} : { other }),
  }
}

/** An empty text says something only where it is all there is. */
function withoutEmpty(parts: readonly ContentPart[]): readonly ContentPart[] {
  if (parts.length < 2) return parts
  return parts.filter((part) => part.kind !== 'text' || part.text !== '' || part.signature !== undefined)
}

function addCitations(
  parts: readonly ContentPart[],
  found: readonly FoundCitation[],
): readonly ContentPart[] {
  if (found.length === 0) return parts
  return parts.map((part, index) => {
    const own = found.filter(({ at }) => at === index).map(({ citation }) => citation)
    return part.kind === 'text' && own.length > 0 ? { ...part, citations: own } : part
  })
}
