import type { WriteOptions } from '../../../neutral/codec.ts'
import type { FunctionTool, NeutralRequest, ToolChoice } from '../../../neutral/neutral-request.ts'
import { leaveOut, type Unsupported } from '../../../neutral/errors/unsupported.ts'
import type { WrittenNames } from '../../../neutral/tools/written-names.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { toOpenApiSchema } from '../schema/to-open-api-schema.ts'

type ToolWriting = Unsupported & { readonly options: WriteOptions; readonly names: WrittenNames }

/** `tools` and `toolConfig`; empty when the request has no tools. */
export function writeTools(request: NeutralRequest, writing: ToolWriting): JsonObject {
  const declarations: JsonObject[] = []
  const tools: JsonObject[] = []
  for (const tool of request.tools) {
    if (tool.kind === 'function') declarations.push(writeFunction(tool, request, writing))
    else if (tool.format === 'gemini') tools.push(tool.value)
    else leaveOut(writing, 'tools', "Use Google's own tools")
  }
  if (declarations.length > 0) tools.unshift({ functionDeclarations: declarations })
  const calling = writeChoice(request, writing.names)
  const kept = request.from === 'gemini' ? request.extra['toolConfig'] : undefined
  const extra = isJsonObject(kept) ? kept : undefined
  const callingExtra = isJsonObject(extra?.['functionCallingConfig']) ? extra['functionCallingConfig'] : {}
  const hasChoice = declarations.length > 0 && calling !== undefined
  const config = {
    ...extra,
    ...(hasChoice ? { functionCallingConfig: { ...callingExtra, ...calling } } : {}),
  }
  return {
    ...(tools.length === 0 ? {} : { tools }),
    ...(Object.keys(config).length === 0 ? {} : { toolConfig: config }),
  }
}

function writeFunction(tool: FunctionTool, request: NeutralRequest, writing: ToolWriting): JsonObject {
  return {
    name: writing.names.write(tool.name),
    ...(tool.description === undefined ? {} : { description: tool.description }),
    ...(tool.schema === undefined ? {} : writeParameters(tool.schema, writing.options)),
    ...(request.from === 'gemini' ? tool.extra : undefined),
  }
}

function writeParameters(schema: JsonObject, { abilities }: WriteOptions): JsonObject {
  if (abilities.refusedFields?.includes('parametersJsonSchema') !== true) {
    return { parametersJsonSchema: withoutDialect(schema) }
  }
  const parameters = toOpenApiSchema(schema)
  const properties = parameters['properties']
  // An object without properties is refused there; a function without parameters is not.
  const isEmpty = !isJsonObject(properties) || Object.keys(properties).length === 0
  return isEmpty && parameters['anyOf'] === undefined ? {} : { parameters }
}

/** The name of the dialect is no keyword of the API's; everything else passes as the caller wrote it. */
export function withoutDialect(schema: JsonObject): JsonObject {
  if (schema['$schema'] === undefined) return schema
  const { $schema: _, ...rest } = schema
  return rest
}

function writeChoice(request: NeutralRequest, names: WrittenNames): JsonObject | undefined {
  const choice: ToolChoice | undefined = request.toolChoice
  const isStrict = request.tools.some((tool) => tool.kind === 'function' && tool.isStrict === true)
  switch (choice?.kind) {
    case 'none':
      return { mode: 'NONE' }
    case 'required':
      return { mode: 'ANY' }
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [names.write(choice.name)] }
    case 'allowed': {
      // AUTO takes no list of names; VALIDATED is AUTO with one.
      const mode = choice.mode === 'required' ? 'ANY' : 'VALIDATED'
      return { mode, allowedFunctionNames: choice.names.map((name) => names.write(name)) }
    }
    default:
      if (isStrict) return { mode: 'VALIDATED' }
      return choice === undefined ? undefined : { mode: 'AUTO' }
  }
}
