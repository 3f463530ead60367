import type { OtherPart, ToolCallPart } from '../../../neutral/content.ts'
import { invalidField, quoteValue } from '../../../neutral/errors/invalid-field.ts'
import { typeOfOther } from '../../../neutral/errors/type-of-other.ts'
import { parseArguments } from '../../../neutral/tools/parse-arguments.ts'
import { leaveOut, noteLeftOut, type Unsupported } from '../../../neutral/errors/unsupported.ts'
import type { JsonObject } from '../../parse-json.ts'

/** Where a part stands in a request to Anthropic or Bedrock, and whether a model said it. */
export type PartPlace<Writing extends Unsupported> = {
  readonly writing: Writing
  readonly param: string
  readonly isAnswer: boolean
}

/** Items of the Responses format that stand for turns of the conversation, which only their provider can read. */
const turnTypes: ReadonlySet<unknown> = new Set(['compaction', 'item_reference'])

/** What ran at another provider has its outcome in the text beside it; what was said must not get lost. */
export function leaveOutOther(
  { format, value }: OtherPart,
  { writing, param, isAnswer }: PartPlace<Unsupported>,
): undefined {
  const type = `${param}.${typeOfOther(value)}`
  if (isAnswer && !turnTypes.has(value['type'])) noteLeftOut(writing, type)
  else leaveOut(writing, type, `Only the format "${format}" has it`)
}

/** The arguments of a call. Throws `validation_failed` when they are no JSON object. */
export function callInput(part: ToolCallPart, param: string): JsonObject {
  const input = parseArguments(part.arguments)
  if (input !== undefined) return input
  throw invalidField(
    param,
    `"${param}" calls "${part.name}" with arguments that are no JSON object: ${quoteValue(part.arguments)}. Send them as the model wrote them, or leave the call out.`,
  )
}
