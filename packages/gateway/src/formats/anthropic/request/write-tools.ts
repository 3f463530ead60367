import type { FunctionTool, NeutralRequest, ToolChoice } from '../../../neutral/neutral-request.ts'
import { typeOfOther } from '../../../neutral/errors/type-of-other.ts'
import { leaveOut } from '../../../neutral/errors/unsupported.ts'
import type { JsonObject } from '../../parse-json.ts'
import { cacheControl } from '../cache-mark.ts'
import type { RequestWriting } from './request-writing.ts'
import { strictSchema } from './strict-schema.ts'
import { answerSchema, answerToolName, describeAnswerTool, type OutputPlan } from './structured-output.ts'

type ToolsPlan = { readonly output: OutputPlan; readonly isThinking: boolean }

/** `tools` and `tool_choice`; empty when the model gets no tools. */
export function writeTools(writing: RequestWriting, plan: ToolsPlan): JsonObject {
  const { request } = writing
  const allowed = request.toolChoice?.kind === 'allowed' ? new Set(request.toolChoice.names) : undefined
  const tools: JsonObject[] = []
  for (const tool of request.tools) {
    if (tool.kind === 'function') {
      if (allowed === undefined || allowed.has(tool.name)) tools.push(writeFunction(tool, writing))
    } else if (tool.format === 'anthropic') tools.push(tool.value)
    else leaveOut(writing, 'tools', `"${typeOfOther(tool.value)}" runs at another provider`)
  }
  const hasOwn = tools.length > 0
  if (plan.output.kind === 'tool') tools.push(writeAnswerTool(plan.output.shape))
  if (tools.length === 0) return {}
  const choice = writeChoice(writing, plan, hasOwn)
  return { tools, ...(choice === undefined ? {} : { tool_choice: choice }) }
}

function writeFunction(tool: FunctionTool, { request, options, names }: RequestWriting): JsonObject {
  const isOwn = request.from === 'anthropic'
  const isStrict = isOwn
    ? tool.isStrict
    : tool.isStrict === true && options.abilities.structuredOutput === true
  const schema = tool.schema ?? { type: 'object', properties: {} }
  const typed = schema['type'] === undefined ? { type: 'object', ...schema } : schema
  return {
    name: names.write(tool.name),
    ...(tool.description === undefined ? {} : { description: tool.description }),
    input_schema: isStrict === true && !isOwn ? strictSchema(typed) : typed,
    ...(isStrict === true || (isOwn && isStrict === false) ? { strict: isStrict } : {}),
    ...cacheControl(tool.cache),
    ...(isOwn ? tool.extra : {}),
  }
}

function writeAnswerTool(shape: Extract<OutputPlan, { kind: 'tool' }>['shape']): JsonObject {
  return {
    name: answerToolName,
    description: describeAnswerTool(shape),
    input_schema: answerSchema(shape.schema),
  }
}

function writeChoice(writing: RequestWriting, plan: ToolsPlan, hasOwn: boolean): JsonObject | undefined {
  const choice = chosen(writing, plan, hasOwn)
  if (choice === undefined) return undefined
  const isSingle = writing.request.parallelToolCalls
  const parallel =
    isSingle === undefined || choice['type'] === 'none' ? {} : { disable_parallel_tool_use: !isSingle }
  return { ...choice, ...parallel }
}

function chosen(writing: RequestWriting, plan: ToolsPlan, hasOwn: boolean): JsonObject | undefined {
  const { request } = writing
  if (plan.output.kind === 'tool') {
    // Where no tool can be forced, the tool's description asks for it instead.
    if (choosesFreely(writing, plan)) return { type: 'auto' }
    const isOnlyAnswer = !hasOwn || request.toolChoice?.kind === 'none'
    return isOnlyAnswer ? { type: 'tool', name: answerToolName } : { type: 'any' }
  }
  const choice = request.toolChoice
  const isForced = choice !== undefined && choice.kind !== 'auto' && choice.kind !== 'none' && forces(choice)
  if (isForced && choosesFreely(writing, plan) && request.from !== 'anthropic') {
    leaveOut(writing, 'tool_choice', 'A model that thinks chooses its tools itself: turn thinking off')
    return { type: 'auto' }
  }
  if (choice === undefined) return request.parallelToolCalls === false ? { type: 'auto' } : undefined
  return writeKind(choice, writing)
}

/** True for models that choose their tools themselves, as all do while they think. */
export function choosesFreely(
  { options }: RequestWriting,
  { isThinking }: Pick<ToolsPlan, 'isThinking'>,
): boolean {
  return isThinking || options.abilities.forcedToolChoice === false
}

function forces(choice: ToolChoice): boolean {
  return choice.kind !== 'allowed' || choice.mode === 'required'
}

function writeKind(choice: NonNullable<NeutralRequest['toolChoice']>, { names }: RequestWriting): JsonObject {
  switch (choice.kind) {
    case 'auto':
    case 'none':
      return { type: choice.kind }
    case 'required':
      return { type: 'any' }
    case 'tool':
      return { type: 'tool', name: names.write(choice.name) }
    case 'allowed':
      return { type: choice.mode === 'required' ? 'any' : 'auto' }
  }
}
