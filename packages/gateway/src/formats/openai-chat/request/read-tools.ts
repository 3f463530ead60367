import { invalidField, quoteValue } from '../../../neutral/errors/invalid-field.ts'
import { objectField, otherFields, textField } from '../../../neutral/json-field.ts'
import type { FunctionTool, ProviderTool, ToolChoice } from '../../../neutral/neutral-request.ts'
import { listOf } from '../../openai/checked-field.ts'
import { readFunction } from '../../openai/read-function.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'

const toolNames = new Set(['type', 'function', 'cache_control'])
const functionNames = new Set(['name', 'description', 'parameters', 'strict'])

/** `tools`, or their older form `functions`. */
export function readTools(body: JsonObject): readonly (FunctionTool | ProviderTool)[] {
  const tools = listOf(body, 'tools')
  if (tools !== undefined) return tools.map((tool, index) => readTool(tool, `tools[${index}]`))
  return (listOf(body, 'functions') ?? []).map((tool, index) => {
    const param = `functions[${index}]`
    if (!isJsonObject(tool)) throw invalidField(param, `"${param}" is ${quoteValue(tool)}; give an object.`)
    return readNamed(tool, tool, param)
  })
}

function readTool(tool: unknown, param: string): FunctionTool | ProviderTool {
  if (!isJsonObject(tool)) throw invalidField(param, `"${param}" is ${quoteValue(tool)}; give an object.`)
  const named = objectField(tool, 'function')
  if (named !== undefined) return readNamed(tool, named, param)
  // Some clients send the flat form of the Responses format.
  if (tool['type'] === 'function') return readNamed(noFields, tool, param)
  if (typeof tool['type'] !== 'string')
    throw invalidField(`${param}.type`, `"${param}" has no "type"; give "function".`)
  return { kind: 'provider', format: 'openai-chat', value: tool }
}

const noFields: JsonObject = {}

function readNamed(tool: JsonObject, named: JsonObject, param: string): FunctionTool {
  return readFunction(tool, named, { param, within: 'function.', extra: toolExtra(tool, named) })
}

/** Fields beside `function`, and within it. */
function toolExtra(tool: JsonObject, named: JsonObject): JsonObject | undefined {
  const outer = tool === named ? undefined : otherFields(tool, toolNames)
  const inner = otherFields(named, tool === noFields ? flatNames : functionNames)
  if (outer === undefined && inner === undefined) return undefined
  return { ...outer, ...(inner === undefined ? {} : { function: inner }) }
}

const flatNames = new Set([...functionNames, 'type'])

/** What `tool_choice` says; undefined for a form that has none in common with other formats. */
export function readToolChoice(value: unknown): ToolChoice | undefined {
  if (value === 'auto' || value === 'none' || value === 'required') return { kind: value }
  if (value === 'any') return { kind: 'required' }
  if (!isJsonObject(value)) return undefined
  const allowed = objectField(value, 'allowed_tools')
  if (value['type'] === 'allowed_tools' && allowed !== undefined) return readAllowed(allowed)
  const named = objectField(value, 'function') ?? objectField(value, 'custom')
  const name = named === undefined ? undefined : textField(named, 'name')
  return name === undefined ? undefined : { kind: 'tool', name }
}

function readAllowed(allowed: JsonObject): ToolChoice | undefined {
  const { mode, tools } = allowed
  if (!Array.isArray(tools)) return undefined
  const names = tools.map((tool: unknown) => {
    if (!isJsonObject(tool)) return undefined
    const named = objectField(tool, 'function') ?? objectField(tool, 'custom') ?? tool
    return textField(named, 'name')
  })
  if (!names.every((name) => name !== undefined)) return undefined
  return { kind: 'allowed', mode: mode === 'required' ? 'required' : 'auto', names }
}

/** `function_call`, which came before `tool_choice`. */
export function readFunctionCall(value: unknown): ToolChoice | undefined {
  if (value === 'auto' || value === 'none') return { kind: value }
  const name = isJsonObject(value) ? textField(value, 'name') : undefined
  return name === undefined ? undefined : { kind: 'tool', name }
}
