import type { AnswerOptions } from '../../../neutral/codec.ts'
import type { ContentPart } from '../../../neutral/content.ts'
import type { NeutralAnswer, NeutralUsage } from '../../../neutral/neutral-answer.ts'
import { otherFields } from '../../../neutral/json-field.ts'
import { parseArguments } from '../../../neutral/tools/parse-arguments.ts'
import { packProof } from '../../../neutral/proof.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { writeCitation } from '../citation.ts'
import { proofBlock } from '../packed-proof.ts'
import { writeStopReason } from '../stop-reason.ts'
import { usageExtra, writeUsage } from '../usage.ts'

/** A whole message for a client. Of several choices the first; Anthropic's format has no more. */
export function writeAnswer(answer: NeutralAnswer, options: AnswerOptions): JsonObject {
  const choice = answer.choices[0]
  const extra = answer.from === 'anthropic' ? answer.extra : undefined
  const content: JsonObject[] = []
  for (const part of choice?.parts ?? []) pushBlocks(content, part)
  const hasToolCalls = content.some((block) => block['type'] === 'tool_use')
  return {
    ...messageHead({ id: answer.id, extra }, options),
    content,
    stop_reason: choice === undefined ? null : writeStopReason({ ...choice, hasToolCalls }),
    stop_sequence: choice?.stopSequence ?? null,
    usage: answerUsage(answer.usage, answer.serviceTier, extra),
  }
}

type Head = { readonly id: string; readonly extra: JsonObject | undefined }

/** Fields of a message beside content, ending and usage. */
export function messageHead({ id, extra }: Head, options: AnswerOptions): JsonObject {
  return {
    id: id === '' ? options.id : id,
    type: 'message',
    role: 'assistant',
    model: options.model,
    container: null,
    stop_details: null,
    diagnostics: null,
    ...(extra === undefined ? {} : otherFields(extra, countNames)),
  }
}

/** Told within `usage`. */
const countNames: ReadonlySet<string> = new Set([usageExtra])

const ownTiers: ReadonlySet<unknown> = new Set(['standard', 'priority', 'batch'])

/** `usage` with the tier that answered, where it is a word of Anthropic's. */
export function answerUsage(
  usage: NeutralUsage | undefined,
  tier: string | undefined,
  extra: JsonObject | undefined,
): JsonObject {
  const counts = extra?.[usageExtra]
  const own = isJsonObject(counts) ? counts : {}
  return writeUsage(usage, ownTiers.has(tier) ? { ...own, service_tier: tier } : own)
}

function pushBlocks(content: JsonObject[], part: ContentPart): void {
  const block = writeBlock(part)
  if (block === undefined) return
  content.push(block)
  const proof = part.kind === 'text' || part.kind === 'tool-call' ? proofBlock(part) : undefined
  if (proof !== undefined) content.push(proof)
}

function writeBlock(part: ContentPart): JsonObject | undefined {
  switch (part.kind) {
    case 'text':
      return {
        type: 'text',
        text: part.text,
        citations: part.citations === undefined ? null : part.citations.map(writeCitation),
      }
    case 'refusal':
      return { type: 'text', text: part.text, citations: null }
    case 'reasoning':
      return writeThought(part)
    case 'tool-call':
      return {
        type: 'tool_use',
        id: part.id,
        name: part.name,
        // A call that the model broke off has no object to show; clients see from the stop reason why.
        input: parseArguments(part.arguments) ?? {},
        ...callFields(part.extra),
      }
    case 'other':
      return part.format === 'anthropic' ? part.value : undefined
    default:
      // Images and sound that other models make have no place in an answer of Anthropic's format.
      return undefined
  }
}

/** Fields of a call that only Anthropic has; clients of other formats may have put theirs beside them. */
export function callFields(extra: JsonObject | undefined): JsonObject {
  const toolset = extra?.['toolset_name']
  return {
    caller: extra?.['caller'] ?? { type: 'direct' },
    ...(toolset === undefined ? {} : { toolset_name: toolset }),
  }
}

function writeThought(part: Extract<ContentPart, { kind: 'reasoning' }>): JsonObject {
  // Thoughts of other formats come back with the name of theirs, also when nothing but the name proves them.
  const isOwn = part.from === 'anthropic'
  if (part.isRedacted === true)
    return { type: 'redacted_thinking', data: isOwn ? (part.encrypted ?? '') : packProof(part) }
  return {
    type: 'thinking',
    thinking: part.text,
    signature: isOwn ? (part.signature ?? '') : packProof(part),
  }
}
