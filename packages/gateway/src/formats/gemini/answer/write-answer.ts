import type { AnswerOptions } from '../../../neutral/codec.ts'
import type { ContentPart } from '../../../neutral/content.ts'
import type { NeutralAnswer, NeutralChoice } from '../../../neutral/neutral-answer.ts'
import { parseArguments } from '../../../neutral/tools/parse-arguments.ts'
import { packProof, type Proof } from '../../../neutral/proof.ts'
import type { JsonObject } from '../../parse-json.ts'
import { writeMedia } from '../write-media.ts'
import { writeGrounding, type CitedText, type FoundCitation } from './citations.ts'
import { writeFinishReason } from './finish-reasons.ts'
import { writeLogprobs } from './logprobs.ts'
import { answerUsage } from './usage.ts'

const noArguments: JsonObject = {}

/** An answer of generateContent. */
export function writeAnswer(answer: NeutralAnswer, options: AnswerOptions): JsonObject {
  const own = answer.from === 'gemini' ? answer.extra : undefined
  const feedback = own?.['promptFeedback']
  const isBlocked = feedback !== undefined && answer.choices.every(isEmpty)
  return {
    ...(isBlocked ? {} : { candidates: answer.choices.map(writeCandidate) }),
    ...own,
    ...(answer.usage === undefined
      ? {}
      : { usageMetadata: answerUsage(answer.usage, own?.['usageMetadata']) }),
    modelVersion: options.model,
    responseId: answer.id === '' ? options.id : answer.id,
  }
}

function isEmpty({ parts }: NeutralChoice): boolean {
  return parts.every((part) => part.kind === 'refusal')
}

function writeCandidate(choice: NeutralChoice): JsonObject {
  const parts = choice.parts.flatMap((part) => writeAnswerPart(part) ?? [])
  const logprobs = choice.logprobs === undefined ? undefined : writeLogprobs(choice.logprobs)
  const grounding = groundingOf(choice)
  return {
    content: { parts: parts.length === 0 ? [{ text: '' }] : parts, role: 'model' },
    finishReason: writeFinishReason(choice.finish, choice.finishRaw),
    index: choice.index,
    ...(logprobs === undefined ? {} : { logprobsResult: logprobs }),
    ...(grounding === undefined ? {} : { groundingMetadata: grounding }),
    ...(choice.other?.format === 'gemini' ? choice.other.value : undefined),
  }
}

/** Gemini's own citations are among the fields of the choice already. */
function groundingOf({ parts }: NeutralChoice): JsonObject | undefined {
  const texts: CitedText[] = []
  const found: FoundCitation[] = []
  for (const [at, part] of parts.entries()) {
    if (part.kind !== 'text') continue
    texts.push({ at, text: part.text })
    for (const citation of part.citations ?? []) {
      if (citation.raw.format !== 'gemini') found.push({ at, citation })
    }
  }
  return writeGrounding(texts, found)
}

function writeAnswerPart(part: ContentPart): JsonObject | undefined {
  switch (part.kind) {
    case 'text':
      if (part.text === '' && part.signature === undefined) return undefined
      return { text: part.text, ...signed(part.signature), ...part.extra }
    case 'refusal':
      return { text: part.text }
    case 'reasoning':
      return { text: part.text, thought: true, ...signed(signatureOf(part)) }
    case 'tool-call':
      return writeCall(part.id, part.name, part.arguments, part.signature)
    case 'tool-result':
      return undefined
    case 'other':
      return part.format === 'gemini' ? part.value : undefined
    default:
      return writeMedia(part)
  }
}

export function signed(signature: string | undefined): JsonObject {
  return signature === undefined ? {} : { thoughtSignature: signature }
}

/** Thoughts of other providers keep their proof in Gemini's one field for it; see {@link packProof}. */
export function signatureOf(part: Proof): string | undefined {
  if (part.from === 'gemini') return part.signature
  const hasProof = part.signature !== undefined || part.encrypted !== undefined || part.isRedacted === true
  return hasProof ? packProof(part) : undefined
}

/** A call in Gemini's form; arguments that are broken cannot be said there and become none. */
export function writeCall(id: string, name: string, text: string, signature: string | undefined): JsonObject {
  return { functionCall: { id, name, args: parseArguments(text) ?? noArguments }, ...signed(signature) }
}
