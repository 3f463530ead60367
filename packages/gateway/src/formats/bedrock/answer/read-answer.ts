import type { ContentPart, ReasoningPart } from '../../../neutral/content.ts'
import type { NeutralAnswer, NeutralChoice } from '../../../neutral/neutral-answer.ts'
import { objectField, objectsField, otherFields, textField } from '../../../neutral/json-field.ts'
import { answerToolName } from '../../anthropic/request/structured-output.ts'
import type { JsonObject } from '../../parse-json.ts'
import { readCitation } from '../citation.ts'
import { imageTypeOf } from '../media-format.ts'
import { readStopReason } from '../stop-reason.ts'
import { readUsage } from '../usage.ts'

const known = new Set(['output', 'stopReason', 'usage', 'serviceTier', 'metrics'])

/** A whole answer of Converse, which has neither id nor model; undefined when the JSON is none. */
export function readAnswer(body: JsonObject): NeutralAnswer | undefined {
  const output = objectField(body, 'output')
  const message = output === undefined ? undefined : objectField(output, 'message')
  if (message === undefined) return undefined
  const usage = objectField(body, 'usage')
  const extra = otherFields(body, known)
  const tier = readTier(body)
  return {
    from: 'bedrock',
    id: '',
    model: '',
    createdS: 0,
    choices: [readChoice(body, message)],
    ...(usage === undefined ? {} : { usage: readUsage(usage) }),
    ...(tier === undefined ? {} : { serviceTier: tier }),
    ...(extra === undefined ? {} : { extra }),
  }
}

/** The tier that answered. */
export function readTier(body: JsonObject): string | undefined {
  const tier = objectField(body, 'serviceTier')
  return tier === undefined ? undefined : textField(tier, 'type')
}

/** The text that Claude stopped at, for callers that asked for it in `additionalModelResponseFieldPaths`. */
export function readStopText(body: JsonObject): string | undefined {
  const fields = objectField(body, 'additionalModelResponseFields')
  return fields === undefined ? undefined : textField(fields, 'stop_sequence')
}

/** One content block; what only Bedrock has becomes an `other` part. */
export function readBlock(block: JsonObject): ContentPart {
  const text = textField(block, 'text')
  if (text !== undefined) return { kind: 'text', text }
  const use = objectField(block, 'toolUse')
  if (use !== undefined && use['type'] === undefined) return readCall(use)
  const thought = objectField(block, 'reasoningContent')
  const cited = objectField(block, 'citationsContent')
  const part =
    thought === undefined ? (cited === undefined ? readImage(block) : readCited(cited)) : readThought(thought)
  return part ?? { kind: 'other', format: 'bedrock', value: block }
}

function readChoice(body: JsonObject, message: JsonObject): NeutralChoice {
  const parts = objectsField(message, 'content').map(readBlock)
  const word = textField(body, 'stopReason') ?? ''
  const stopSequence = readStopText(body)
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

function readCall(use: JsonObject): ContentPart {
  const name = textField(use, 'name') ?? ''
  const args = JSON.stringify(use['input'] ?? {})
  if (name === answerToolName) return { kind: 'text', text: args }
  return { kind: 'tool-call', id: textField(use, 'toolUseId') ?? '', name, arguments: args }
}

function readThought(thought: JsonObject): ReasoningPart | undefined {
  const redacted = textField(thought, 'redactedContent')
  if (redacted !== undefined)
    return { kind: 'reasoning', text: '', encrypted: redacted, isRedacted: true, from: 'bedrock' }
  const reasoning = objectField(thought, 'reasoningText')
  if (reasoning === undefined) return undefined
  const signature = textField(reasoning, 'signature')
  const text = textField(reasoning, 'text') ?? ''
  return { kind: 'reasoning', text, ...(signature === undefined ? {} : { signature }), from: 'bedrock' }
}

function readCited(cited: JsonObject): ContentPart {
  const text = objectsField(cited, 'content')
    .flatMap((content) => textField(content, 'text') ?? [])
    .join('')
  const citations = objectsField(cited, 'citations').map((value) => readCitation(value, text.length))
  return { kind: 'text', text, ...(citations.length === 0 ? {} : { citations }) }
}

function readImage(block: JsonObject): ContentPart | undefined {
  const image = objectField(block, 'image')
  const source = image === undefined ? undefined : objectField(image, 'source')
  const format = image === undefined ? undefined : textField(image, 'format')
  const data = source === undefined ? undefined : textField(source, 'bytes')
  if (data === undefined || format === undefined) return undefined
  return { kind: 'image', source: { kind: 'base64', mediaType: imageTypeOf(format), data } }
}
