import { objectField, textField } from '../../neutral/json-field.ts'
import type { JsonObject } from '../parse-json.ts'

/**
 * Custom tools take free text. OpenAI's two formats have them, each in its own form: chat completions nest what the
 * Responses format keeps flat.
 */

/** A custom call as chat completions write it, from either form. */
export function toChatCall(call: JsonObject): Record<string, unknown> {
  if (call['type'] === 'custom') return { ...call }
  const { call_id: id, name, input } = call
  return { id, type: 'custom', custom: { name, input } }
}

/** A custom call as the Responses format writes it, from either form. */
export function toResponsesCall(call: JsonObject): Record<string, unknown> {
  if (call['type'] === 'custom_tool_call') return { ...call }
  const custom = objectField(call, 'custom') ?? {}
  return { type: 'custom_tool_call', call_id: call['id'], name: custom['name'], input: custom['input'] ?? '' }
}

/** The id by which the result of a custom call is found, whatever its form. */
export function customCallId(call: JsonObject): string | undefined {
  if (call['type'] === 'custom') return textField(call, 'id')
  return call['type'] === 'custom_tool_call' ? textField(call, 'call_id') : undefined
}

/** A custom tool as chat completions write it; undefined for a tool that is none. */
export function toChatTool(tool: JsonObject): JsonObject | undefined {
  if (tool['type'] !== 'custom') return undefined
  if (objectField(tool, 'custom') !== undefined) return tool
  const { name, description, format } = tool
  return {
    type: 'custom',
    custom: { name, ...optional('description', description), ...optional('format', nestGrammar(format)) },
  }
}

/** A custom tool as the Responses format writes it; undefined for a tool that is none. */
export function toResponsesTool(tool: JsonObject): JsonObject | undefined {
  if (tool['type'] !== 'custom') return undefined
  const custom = objectField(tool, 'custom')
  if (custom === undefined) return tool
  const { name, description, format } = custom
  return {
    type: 'custom',
    name,
    ...optional('description', description),
    ...optional('format', flattenGrammar(format)),
  }
}

/** The name of a custom tool in either form. */
export function customToolName(tool: JsonObject): string | undefined {
  if (tool['type'] !== 'custom') return undefined
  return textField(objectField(tool, 'custom') ?? tool, 'name')
}

function nestGrammar(format: unknown): unknown {
  if (typeof format !== 'object' || format === null || !('definition' in format) || !('syntax' in format))
    return format
  return { type: 'grammar', grammar: { definition: format.definition, syntax: format.syntax } }
}

function flattenGrammar(format: unknown): unknown {
  if (typeof format !== 'object' || format === null || !('grammar' in format)) return format
  const { grammar } = format
  return typeof grammar === 'object' ? { type: 'grammar', ...grammar } : format
}

function optional(name: string, value: unknown): JsonObject {
  return value === undefined ? {} : { [name]: value }
}
