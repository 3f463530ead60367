import type { FunctionTool, ToolChoice } from '../../../neutral/neutral-request.ts'
import { leaveOut } from '../../../neutral/errors/unsupported.ts'
import { addCacheMark } from '../../openai/cache-mark.ts'
import { customToolName, toChatTool } from '../../openai/custom-tool.ts'
import type { Body } from '../../openai/writing.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import type { ChatWriting } from './chat-writing.ts'

/** Adds `tools`, `tool_choice` and `parallel_tool_calls`. */
export function writeTools(body: Body, writing: ChatWriting): void {
  const { tools, toolChoice, parallelToolCalls } = writing.request
  const written: JsonObject[] = []
  for (const [index, tool] of tools.entries()) {
    if (tool.kind === 'function') {
      written.push(writeFunction(tool, writing))
      continue
    }
    const isOpenAi = tool.format === 'openai-chat' || tool.format === 'openai-responses'
    const own = tool.format === 'openai-chat' ? tool.value : undefined
    const value = (isOpenAi ? toChatTool(tool.value) : undefined) ?? own
    if (value !== undefined) written.push(value)
    else leaveOut(writing, `tools[${index}]`, 'Its provider runs this tool; use one of your own functions')
  }
  if (written.length > 0) body['tools'] = written
  if (toolChoice !== undefined && written.length > 0) body['tool_choice'] = writeChoice(toolChoice, writing)
  if (parallelToolCalls !== undefined && written.length > 0) body['parallel_tool_calls'] = parallelToolCalls
}

function writeFunction(tool: FunctionTool, writing: ChatWriting): JsonObject {
  const named: Body = { name: writing.names.write(tool.name) }
  if (tool.description !== undefined) named['description'] = tool.description
  if (tool.schema !== undefined) named['parameters'] = tool.schema
  if (tool.isStrict !== undefined) named['strict'] = tool.isStrict
  const written: Body = { type: 'function', function: named }
  if (writing.isOwn && tool.extra !== undefined) {
    const { function: inner, ...outer } = tool.extra
    Object.assign(written, outer)
    if (isJsonObject(inner)) Object.assign(named, inner)
  }
  addCacheMark(written, tool.cache, writing.cacheStyle)
  return written
}

function writeChoice(choice: ToolChoice, writing: ChatWriting): unknown {
  if (choice.kind === 'tool') return namedTool(choice.name, writing)
  if (choice.kind !== 'allowed') return choice.kind
  const tools = choice.names.map((name) => namedTool(name, writing))
  return { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools } }
}

function namedTool(name: string, writing: ChatWriting): JsonObject {
  const isCustom = writing.request.tools.some(
    (tool) => tool.kind === 'provider' && customToolName(tool.value) === name,
  )
  if (isCustom) return { type: 'custom', custom: { name } }
  return { type: 'function', function: { name: writing.names.write(name) } }
}
