import type { FunctionTool, NeutralRequest, ToolChoice } from '../../../neutral/neutral-request.ts'
import type { WrittenNames } from '../../../neutral/tools/written-names.ts'
import { leaveOut } from '../../../neutral/errors/unsupported.ts'
import { customToolName, toResponsesTool } from '../../openai/custom-tool.ts'
import type { Body } from '../../openai/writing.ts'
import type { JsonObject } from '../../parse-json.ts'
import type { ResponsesWriting } from './responses-writing.ts'

/** Adds `tools`, `tool_choice` and `parallel_tool_calls`. */
export function writeTools(body: Body, writing: ResponsesWriting): void {
  const { request, names } = writing
  const { tools, toolChoice, parallelToolCalls } = request
  const written: JsonObject[] = []
  for (const [index, tool] of tools.entries()) {
    const value = writeTool(tool, { names, isOwn: writing.isOwn })
    if (value !== undefined) written.push(value)
    else leaveOut(writing, `tools[${index}]`, 'Its provider runs this tool; use one of your own functions')
  }
  if (written.length > 0) body['tools'] = written
  if (toolChoice !== undefined && (written.length > 0 || writing.isOwn))
    body['tool_choice'] = writeToolChoice(toolChoice, request, names)
  if (parallelToolCalls !== undefined) body['parallel_tool_calls'] = parallelToolCalls
}

type ToolWriting = { readonly names: WrittenNames; readonly isOwn: boolean }

/** Undefined for a tool that runs at another provider. */
export function writeTool(
  tool: NeutralRequest['tools'][number],
  { names, isOwn }: ToolWriting,
): JsonObject | undefined {
  if (tool.kind === 'function') return writeFunction(tool, names.write(tool.name), isOwn)
  if (tool.format === 'openai-responses') return tool.value
  return tool.format === 'openai-chat' ? toResponsesTool(tool.value) : undefined
}

/** A function is strict here unless it says otherwise; in other formats it is the other way round. */
function writeFunction(tool: FunctionTool, name: string, isOwn: boolean): JsonObject {
  const strict = tool.isStrict ?? (isOwn ? undefined : false)
  return {
    type: 'function',
    name,
    ...(tool.description === undefined ? {} : { description: tool.description }),
    parameters: tool.schema ?? (isOwn ? null : { type: 'object', properties: {} }),
    ...(strict === undefined ? {} : { strict }),
    ...(isOwn ? tool.extra : {}),
  }
}

export function writeToolChoice(choice: ToolChoice, request: NeutralRequest, names: WrittenNames): unknown {
  const named = (name: string): JsonObject => {
    const isCustom = request.tools.some(
      (tool) => tool.kind === 'provider' && customToolName(tool.value) === name,
    )
    return isCustom ? { type: 'custom', name } : { type: 'function', name: names.write(name) }
  }
  if (choice.kind === 'tool') return named(choice.name)
  if (choice.kind !== 'allowed') return choice.kind
  return { type: 'allowed_tools', mode: choice.mode, tools: choice.names.map(named) }
}
