import { otherFields } from '../../../neutral/json-field.ts'
import { invalidField } from '../../../neutral/errors/invalid-field.ts'
import type { FunctionTool, NeutralRequest, ToolChoice } from '../../../neutral/neutral-request.ts'
import type { JsonObject } from '../../parse-json.ts'
import { bothSpellings, field, objectField, objectsField, textField, textsField } from '../read-field.ts'
import { toJsonSchema } from '../schema/to-json-schema.ts'

const declarationNames = bothSpellings('name', 'description', 'parameters', 'parametersJsonSchema')
const toolNames = bothSpellings('functionDeclarations')
const choiceNames = bothSpellings('mode', 'allowedFunctionNames')
const configNames = bothSpellings('functionCallingConfig')

/** Tools of the request: functions, and one provider tool for each other tool of Google's. */
export function readTools(body: JsonObject): NeutralRequest['tools'] {
  const isStrict = modeOf(body) === 'VALIDATED'
  const tools: NeutralRequest['tools'][number][] = []
  for (const [index, tool] of objectsField(body, 'tools').entries()) {
    for (const [at, declaration] of objectsField(tool, 'functionDeclarations').entries()) {
      tools.push(readFunction(declaration, `tools[${index}].functionDeclarations[${at}]`, isStrict))
    }
    const others = otherFields(tool, toolNames) ?? {}
    for (const name in others) {
      tools.push({ kind: 'provider', format: 'gemini', value: { [name]: others[name] } })
    }
  }
  return tools
}

function readFunction(declaration: JsonObject, at: string, isStrict: boolean): FunctionTool {
  const name = textField(declaration, 'name')
  if (name === undefined || name === '') {
    throw invalidField(`${at}.name`, `"${at}" has no "name"; give the function one.`)
  }
  const description = textField(declaration, 'description')
  const subset = objectField(declaration, 'parameters')
  const schema =
    objectField(declaration, 'parametersJsonSchema') ??
    (subset === undefined ? undefined : toJsonSchema(subset))
  const extra = otherFields(declaration, declarationNames)
  return {
    kind: 'function',
    name,
    ...(description === undefined ? {} : { description }),
    ...(schema === undefined ? {} : { schema }),
    ...(isStrict ? { isStrict } : {}),
    ...(extra === undefined ? {} : { extra }),
  }
}

/** `toolConfig.functionCallingConfig` as a choice; undefined when it says nothing. */
export function readToolChoice(body: JsonObject): ToolChoice | undefined {
  const mode = modeOf(body)
  const names = allowedNames(body)
  if (mode === 'NONE') return { kind: 'none' }
  if (mode === 'ANY') {
    const [only] = names
    if (only === undefined) return { kind: 'required' }
    return names.length === 1 ? { kind: 'tool', name: only } : { kind: 'allowed', mode: 'required', names }
  }
  if (mode === 'VALIDATED' && names.length > 0) return { kind: 'allowed', mode: 'auto', names }
  return mode === 'AUTO' || mode === 'VALIDATED' ? { kind: 'auto' } : undefined
}

/** What `toolConfig` says beyond the choice, in its own shape. */
export function readToolConfigExtra(body: JsonObject): JsonObject | undefined {
  const config = objectField(body, 'toolConfig')
  if (config === undefined) return undefined
  const calling = objectField(config, 'functionCallingConfig')
  const callingExtra = calling === undefined ? undefined : otherFields(calling, choiceNames)
  const extra = otherFields(config, configNames)
  if (callingExtra === undefined) return extra
  return { ...extra, functionCallingConfig: callingExtra }
}

function modeOf(body: JsonObject): string | undefined {
  const calling = callingConfig(body)
  const mode = calling === undefined ? undefined : field(calling, 'mode')
  return typeof mode === 'string' ? mode.toUpperCase() : undefined
}

function allowedNames(body: JsonObject): readonly string[] {
  const calling = callingConfig(body)
  return calling === undefined ? [] : (textsField(calling, 'allowedFunctionNames') ?? [])
}

function callingConfig(body: JsonObject): JsonObject | undefined {
  const config = objectField(body, 'toolConfig')
  return config === undefined ? undefined : objectField(config, 'functionCallingConfig')
}
