import { wantsSingleCalls } from '../../../neutral/tools/single-calls.ts'
import { typeOfOther } from '../../../neutral/errors/type-of-other.ts'
import type { FunctionTool } from '../../../neutral/neutral-request.ts'
import { leaveOut } from '../../../neutral/errors/unsupported.ts'
import { strictSchema } from '../../anthropic/request/strict-schema.ts'
import {
  answerSchema,
  answerToolName,
  describeAnswerTool,
  type OutputPlan,
} from '../../anthropic/request/structured-output.ts'
import { choosesFreely } from '../../anthropic/request/write-tools.ts'
import type { JsonObject } from '../../parse-json.ts'
import type { BedrockWriting } from './bedrock-writing.ts'
import { cachePoint } from './write-block.ts'

type ToolsPlan = { readonly output: OutputPlan; readonly isThinking: boolean }

/** `toolConfig`; empty when the model gets no tools. */
export function writeTools(writing: BedrockWriting, plan: ToolsPlan): JsonObject {
  const { request } = writing
  const isOff = request.toolChoice?.kind === 'none'
  const tools = isOff ? [] : writeList(writing)
  const hasOwn = tools.length > 0
  if (hasOwn && wantsSingleCalls(request)) leaveOut(writing, 'parallel_tool_calls')
  if (plan.output.kind === 'tool') {
    const { shape } = plan.output
    tools.push(toolSpec(answerToolName, describeAnswerTool(shape), answerSchema(shape.schema)))
  }
  if (tools.length === 0) return writeCalled(writing)
  const toolChoice = writeChoice(writing, plan, hasOwn)
  return { toolConfig: { tools, ...(toolChoice === undefined ? {} : { toolChoice }) } }
}

function writeList(writing: BedrockWriting): JsonObject[] {
  const { request } = writing
  const allowed = request.toolChoice?.kind === 'allowed' ? new Set(request.toolChoice.names) : undefined
  const tools: JsonObject[] = []
  for (const tool of request.tools) {
    if (tool.kind === 'function') {
      if (allowed !== undefined && !allowed.has(tool.name)) continue
      tools.push(writeFunction(tool, writing), ...cachePoint(tool.cache, writing))
    } else if (tool.format === 'bedrock') tools.push(tool.value)
    else leaveOut(writing, 'tools', `"${typeOfOther(tool.value)}" runs at another provider`)
  }
  return tools
}

function writeFunction(tool: FunctionTool, { options, names }: BedrockWriting): JsonObject {
  const schema = tool.schema ?? { type: 'object', properties: {} }
  const typed = schema['type'] === undefined ? { type: 'object', ...schema } : schema
  const isStrict = tool.isStrict === true && options.abilities.structuredOutput === true
  const spec = toolSpec(
    names.write(tool.name),
    tool.description ?? '',
    isStrict ? strictSchema(typed) : typed,
  )
  return isStrict ? { toolSpec: { ...spec.toolSpec, strict: true } } : spec
}

function toolSpec(name: string, description: string, schema: JsonObject): { readonly toolSpec: JsonObject } {
  return {
    toolSpec: { name, ...(description === '' ? {} : { description }), inputSchema: { json: schema } },
  }
}

/** A history with calls is refused without tools, so those that were called are named. */
function writeCalled({ request, names }: BedrockWriting): JsonObject {
  const called = new Set<string>()
  for (const { content } of request.messages)
    for (const part of content) if (part.kind === 'tool-call') called.add(names.write(part.name))
  if (called.size === 0) return {}
  const tools = Array.from(called, (name) => toolSpec(name, '', { type: 'object', properties: {} }))
  return { toolConfig: { tools } }
}

function writeChoice(writing: BedrockWriting, plan: ToolsPlan, hasOwn: boolean): JsonObject | undefined {
  if (plan.output.kind === 'tool') {
    // Where no tool can be forced, the tool's description asks for it instead.
    if (choosesFreely(writing, plan)) return { auto: {} }
    return hasOwn ? { any: {} } : { tool: { name: answerToolName } }
  }
  const choice = writing.request.toolChoice
  if (choice === undefined || choice.kind === 'none') return undefined
  const isFree = choice.kind === 'auto' || (choice.kind === 'allowed' && choice.mode === 'auto')
  if (isFree) return { auto: {} }
  if (choosesFreely(writing, plan)) {
    leaveOut(writing, 'tool_choice', 'A model that thinks chooses its tools itself: turn thinking off')
    return { auto: {} }
  }
  return choice.kind === 'tool' ? { tool: { name: writing.names.write(choice.name) } } : { any: {} }
}
