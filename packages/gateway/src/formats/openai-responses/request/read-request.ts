import { invalidField } from '../../../neutral/errors/invalid-field.ts'
import { otherFields, textField } from '../../../neutral/json-field.ts'
import type { NeutralRequest, Reasoning } from '../../../neutral/neutral-request.ts'
import { booleanOf, listOf, modelOf, numberOf, objectOf, textOf } from '../../openai/checked-field.ts'
import {
  parameterNames,
  readOutputShape,
  readParameters,
  type RequestDraft,
} from '../../openai/read-parameters.ts'
import { isEffort } from '../../openai/reasoning-effort.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { readInput } from './read-items.ts'
import { readToolChoice, readTools } from './read-tools.ts'

const names = new Set<string>([
  ...parameterNames,
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'text',
  'reasoning',
  'max_output_tokens',
  'previous_response_id',
  'top_logprobs',
])
const noExtra: JsonObject = {}
const logprobsWord = 'message.output_text.logprobs'

/** Reads a body of the Responses format. Throws `validation_failed` naming the field that cannot be understood. */
export function readRequest(body: JsonObject): NeutralRequest {
  const draft: RequestDraft = {
    from: 'openai-responses',
    model: modelOf(body),
    messages: readInput(body),
    isStream: booleanOf(body, 'stream') ?? false,
    wantsUsage: true,
    tools: readTools(body),
    extra: noExtra,
  }
  if (draft.messages.length === 0 && !continues(body))
    throw invalidField('input', 'The body has no "input"; give a text, or a list with at least one item.')
  const extra: Record<string, unknown> = { ...otherFields(body, names) }
  readParameters(body, draft)
  const most = numberOf(body, 'max_output_tokens')
  if (most !== undefined) draft.maxOutputTokens = most
  const previous = textOf(body, 'previous_response_id')
  if (previous !== undefined) draft.previousResponseId = previous
  readLogprobs(body, draft)
  readChoice(body, draft, extra)
  readText(body, draft, extra)
  readReasoning(body, draft, extra)
  draft.extra = extra
  return draft
}

/** A stored conversation or prompt may say it all. */
function continues(body: JsonObject): boolean {
  return [body['previous_response_id'], body['conversation'], body['prompt']].some(
    (value) => value !== undefined && value !== null,
  )
}

function readLogprobs(body: JsonObject, draft: RequestDraft): void {
  const top = numberOf(body, 'top_logprobs') ?? 0
  const isIncluded = (listOf(body, 'include') ?? []).includes(logprobsWord)
  if (isIncluded || top > 0) draft.logprobs = { top }
}

function readChoice(body: JsonObject, draft: RequestDraft, extra: Record<string, unknown>): void {
  const given = body['tool_choice']
  const choice = readToolChoice(given)
  if (choice !== undefined) draft.toolChoice = choice
  else if (given !== undefined && given !== null) extra['tool_choice'] = given
}

/** `text`: the format is read, how much to write stays as it is. */
function readText(body: JsonObject, draft: RequestDraft, extra: Record<string, unknown>): void {
  const text = objectOf(body, 'text')
  if (text === undefined) return
  const { format } = text
  const output = isJsonObject(format) ? readOutputShape(format, format, 'text.format') : undefined
  if (output !== undefined) draft.output = output
  const rest = otherFields(text, output === undefined ? noNames : formatName)
  if (rest !== undefined) extra['text'] = rest
}

const noNames = new Set<string>()
const formatName = new Set(['format'])
const effortName = new Set(['effort', 'summary', 'generate_summary'])
const summaryName = new Set(['summary', 'generate_summary'])

function readReasoning(body: JsonObject, draft: RequestDraft, extra: Record<string, unknown>): void {
  const setting = objectOf(body, 'reasoning')
  if (setting === undefined) return
  const { effort } = setting
  const summary = textField(setting, 'summary') ?? textField(setting, 'generate_summary')
  const isKnown = isEffort(effort) || effort === undefined || effort === null
  const reasoning: Reasoning = {
    ...(isEffort(effort) ? { effort } : {}),
    ...(summary === undefined ? {} : { summary, isShown: true }),
  }
  if (Object.keys(reasoning).length > 0) draft.reasoning = reasoning
  // A word that is newer than we are is the provider's to judge.
  const rest = otherFields(setting, isKnown ? effortName : summaryName)
  if (rest !== undefined) extra['reasoning'] = rest
}
