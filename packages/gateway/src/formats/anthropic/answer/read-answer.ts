import type { ContentPart } from '../../../neutral/content.ts'
import type { NeutralAnswer, NeutralChoice } from '../../../neutral/neutral-answer.ts'
import { objectField, objectsField, otherFields, textField } from '../../../neutral/json-field.ts'
import type { JsonObject } from '../../parse-json.ts'
import { readBlock } from '../read-block.ts'
import { answerToolName } from '../request/structured-output.ts'
import { readStopReason } from '../stop-reason.ts'
import { otherUsage, readUsage, usageExtra } from '../usage.ts'

const known = new Set(['id', 'type', 'role', 'model', 'content', 'stop_reason', 'stop_sequence', 'usage'])

/** A whole message of a provider; undefined when the JSON is none. */
export function readAnswer(body: JsonObject): NeutralAnswer | undefined {
  if (body['type'] !== 'message' || !Array.isArray(body['content'])) return undefined
  const usage = objectField(body, 'usage')
  const tier = usage === undefined ? undefined : textField(usage, 'service_tier')
  const extra = readExtra(body, usage)
  return {
    from: 'anthropic',
    id: textField(body, 'id') ?? '',
    model: textField(body, 'model') ?? '',
    createdS: 0,
    choices: [readChoice(body)],
    ...(usage === undefined ? {} : { usage: readUsage(usage) }),
    ...(tier === undefined ? {} : { serviceTier: tier }),
    ...(extra === undefined ? {} : { extra }),
  }
}

/** Fields of an answer that only Anthropic has; those without a value say nothing. */
export function readExtra(body: JsonObject, usage: JsonObject | undefined): JsonObject | undefined {
  const extra: Record<string, unknown> = { ...otherFields(body, known) }
  for (const name in extra) if (extra[name] === null) delete extra[name]
  const counts = usage === undefined ? undefined : otherUsage(usage)
  if (counts !== undefined) extra[usageExtra] = counts
  return Object.keys(extra).length === 0 ? undefined : extra
}

function readChoice(body: JsonObject): NeutralChoice {
  const parts: ContentPart[] = []
  for (const block of objectsField(body, 'content')) {
    const part = readBlock(block)
    if (part !== undefined) parts.push(unwrapAnswer(part))
  }
  const word = textField(body, 'stop_reason') ?? ''
  const stopSequence = textField(body, 'stop_sequence')
  // A call of the answer's own tool is text to the client, who is told of no tool.
  const isAnswered = word === 'tool_use' && !parts.some((part) => part.kind === 'tool-call')
  const finishRaw = isAnswered ? 'end_turn' : word
  return {
    index: 0,
    parts,
    finish: readStopReason(finishRaw),
    finishRaw,
    ...(stopSequence === undefined ? {} : { stopSequence }),
  }
}

function unwrapAnswer(part: ContentPart): ContentPart {
  if (part.kind !== 'tool-call' || part.name !== answerToolName) return part
  return { kind: 'text', text: part.arguments }
}
