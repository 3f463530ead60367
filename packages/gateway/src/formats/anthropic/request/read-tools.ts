import type {
  FunctionTool,
  NeutralRequest,
  ProviderTool,
  ToolChoice,
} from '../../../neutral/neutral-request.ts'
import { invalidField, quoteValue } from '../../../neutral/errors/invalid-field.ts'
import { objectField, otherFields, textField } from '../../../neutral/json-field.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { readCacheMark } from '../cache-mark.ts'

const toolNames = new Set(['type', 'name', 'description', 'input_schema', 'strict', 'cache_control'])

/** `tools`: those with a schema are the client's, every other runs at Anthropic or has its meaning from there. */
export function readTools(value: unknown): readonly (FunctionTool | ProviderTool)[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value))
    throw invalidField('tools', `"tools" is ${quoteValue(value)}; give a list of tools.`)
  return value.map((tool, index) => readTool(tool, `tools[${index}]`))
}

/** `tool_choice`, and what it says about parallel calls. */
export function readToolChoice(value: unknown): Pick<NeutralRequest, 'toolChoice' | 'parallelToolCalls'> {
  if (value === undefined || value === null) return {}
  const toolChoice = isJsonObject(value) ? choiceOf(value) : undefined
  if (!isJsonObject(value) || toolChoice === undefined) {
    throw invalidField(
      'tool_choice',
      `"tool_choice" is ${quoteValue(value)}; its type is "auto", "any", "none", or "tool" with a "name".`,
    )
  }
  const isSingle = value['disable_parallel_tool_use']
  return { toolChoice, ...(typeof isSingle === 'boolean' ? { parallelToolCalls: !isSingle } : {}) }
}

function readTool(tool: unknown, param: string): FunctionTool | ProviderTool {
  if (!isJsonObject(tool))
    throw invalidField(param, `"${param}" is ${quoteValue(tool)}; a tool is an object.`)
  const type = tool['type'] ?? 'custom'
  if (type !== 'custom') return { kind: 'provider', format: 'anthropic', value: tool }
  const name = textField(tool, 'name')
  if (name === undefined || name === '') throw invalidField(`${param}.name`, `"${param}" has no "name".`)
  const description = textField(tool, 'description')
  const schema = objectField(tool, 'input_schema')
  const cache = readCacheMark(tool)
  const extra = otherFields(tool, toolNames)
  return {
    kind: 'function',
    name,
    ...(description === undefined ? {} : { description }),
    ...(schema === undefined ? {} : { schema }),
    ...(typeof tool['strict'] === 'boolean' ? { isStrict: tool['strict'] } : {}),
    ...(cache === undefined ? {} : { cache }),
    ...(extra === undefined ? {} : { extra }),
  }
}

function choiceOf(value: JsonObject): ToolChoice | undefined {
  if (value['type'] === 'auto') return { kind: 'auto' }
  if (value['type'] === 'any') return { kind: 'required' }
  if (value['type'] === 'none') return { kind: 'none' }
  const name = textField(value, 'name')
  return value['type'] === 'tool' && name !== undefined ? { kind: 'tool', name } : undefined
}
