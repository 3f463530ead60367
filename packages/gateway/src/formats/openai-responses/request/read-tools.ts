import { invalidField, quoteValue } from '../../../neutral/errors/invalid-field.ts'
import { objectField, otherFields, textField } from '../../../neutral/json-field.ts'
import type { FunctionTool, ProviderTool, ToolChoice } from '../../../neutral/neutral-request.ts'
import { listOf } from '../../openai/checked-field.ts'
import { readFunction } from '../../openai/read-function.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'

const names = new Set(['type', 'name', 'description', 'parameters', 'strict', 'function', 'cache_control'])

/** `tools`: functions, and what runs at OpenAI or has its meaning from there. */
export function readTools(body: JsonObject): readonly (FunctionTool | ProviderTool)[] {
  return (listOf(body, 'tools') ?? []).map((tool, index) => readTool(tool, `tools[${index}]`))
}

function readTool(tool: unknown, param: string): FunctionTool | ProviderTool {
  if (!isJsonObject(tool)) throw invalidField(param, `"${param}" is ${quoteValue(tool)}; give an object.`)
  const { type } = tool
  if (typeof type !== 'string')
    throw invalidField(`${param}.type`, `"${param}" has no "type"; give "function".`)
  if (type !== 'function') return { kind: 'provider', format: 'openai-responses', value: tool }
  // Some clients send the nested form of chat completions.
  const named = objectField(tool, 'function') ?? tool
  return readFunction(tool, named, { param, within: '', extra: otherFields(tool, names) })
}

/** What `tool_choice` says; undefined for the forms that name one of OpenAI's own tools. */
export function readToolChoice(value: unknown): ToolChoice | undefined {
  if (value === 'auto' || value === 'none' || value === 'required') return { kind: value }
  if (!isJsonObject(value)) return undefined
  if (value['type'] === 'allowed_tools') return readAllowed(value)
  const name = nameOf(value)
  return name === undefined ? undefined : { kind: 'tool', name }
}

function readAllowed({ mode, tools }: JsonObject): ToolChoice | undefined {
  if (!Array.isArray(tools)) return undefined
  const found = tools.map((tool: unknown) => (isJsonObject(tool) ? nameOf(tool) : undefined))
  if (!found.every((name) => name !== undefined)) return undefined
  return { kind: 'allowed', mode: mode === 'required' ? 'required' : 'auto', names: found }
}

function nameOf(tool: JsonObject): string | undefined {
  if (tool['type'] !== 'function' && tool['type'] !== 'custom') return undefined
  return textField(tool, 'name') ?? textField(objectField(tool, 'function') ?? {}, 'name')
}
