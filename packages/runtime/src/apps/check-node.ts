import { nearestNames, suggestNames } from '@ratchet/core/graph'
import { parseCondition, referencesInCondition, type FlowCondition } from '../flows/parse-condition.ts'
import type { FlowReference } from '../flows/parse-reference.ts'
import { parseValue, referencesIn, type FlowValue, type ValueProblem } from '../flows/parse-value.ts'
import { checkModel, findFile, type AppContext } from './app-context.ts'
import { checkShape } from './check-shape.ts'
import { nodeSchemas, type NodeType } from './file-schemas.ts'
import type { LoadedNode } from './loaded-app.ts'
import type { YamlFile } from './yaml-file.ts'

/** A reference with the keys that lead to it, for messages. */
export type PlacedReference = {
  readonly reference: FlowReference
  readonly path: readonly (string | number)[]
}

/** A node with its references; `node` is undefined when it has errors of its own. */
export type CheckedNode = {
  readonly name: string
  readonly position: number
  readonly references: readonly PlacedReference[]
  readonly node: LoadedNode | undefined
}

type NodePlace = {
  readonly file: YamlFile
  readonly context: AppContext
  readonly path: readonly (string | number)[]
}

/** Checks one node of a flow by itself: its fields, the files it names, and how its references are written. */
export function checkNode(file: YamlFile, position: number, raw: unknown, context: AppContext): CheckedNode {
  const path = ['nodes', position]
  const name = textField(raw, 'name') ?? ''
  const place = { file, context, path }
  const type = textField(raw, 'type')
  const empty = { name, position, references: [], node: undefined }
  if (type === undefined || !Object.hasOwn(nodeSchemas, type)) {
    reportType(place, name, type)
    return empty
  }
  const what = name === '' ? `node ${position + 1}` : `node "${name}"`
  const fields = checkShape(
    nodeSchemas[type as NodeType],
    { file, base: path, value: raw, what },
    context.issues,
  )
  if (!fields) return empty
  const references: PlacedReference[] = []
  const when = readCondition(place, fields.when, references)
  const base = {
    name: fields.name,
    when,
    timeoutMs: fields.timeoutMs,
    retry: { times: fields.retry?.times ?? 0, delayMs: fields.retry?.delayMs ?? 0 },
    dependsOn: [],
  }
  const read = (value: unknown, field: string) => readValue(place, value, field, references)
  if (fields.type === 'retrieve') {
    const query = read(fields.query, 'query')
    checkIndex(place, fields.index)
    const { index, top, mode } = fields
    return finish(empty, references, { ...base, type: 'retrieve', index, top, mode, query })
  }
  const inputs = readInputs(place, fields.inputs, references)
  if (fields.type === 'tool') {
    const tool = findFile(context, {
      ...fieldOf(place, 'tool'),
      value: fields.tool,
      endings: ['.ts', '.js', '.mjs'],
    })
    return finish(empty, references, { ...base, type: 'tool', tool: tool ?? '', inputs })
  }
  const prompt = findFile(context, {
    ...fieldOf(place, 'prompt'),
    value: fields.prompt,
    endings: ['.prompty'],
  })
  if (prompt !== undefined)
    checkPromptUse(place, { name, prompt, model: fields.model, inputs: Object.keys(inputs) })
  return finish(empty, references, {
    ...base,
    type: 'prompt',
    prompt: prompt ?? '',
    model: fields.model,
    inputs,
  })
}

function finish(empty: CheckedNode, references: readonly PlacedReference[], node: LoadedNode): CheckedNode {
  return { ...empty, references, node }
}

function fieldOf({ file, path }: NodePlace, field: string) {
  return { file, at: file.positionOf([...path, field]) }
}

function reportType({ file, context, path }: NodePlace, name: string, type: string | undefined): void {
  const types = Object.keys(nodeSchemas)
  context.issues.addError({
    file: file.path,
    at: file.positionOf([...path, ...(type === undefined ? [] : ['type'])]),
    message:
      type === undefined
        ? `Node "${name || '?'}" has no "type".`
        : `Node "${name}" has the unknown type "${type}".`,
    suggestion: (type === undefined ? '' : suggestNames(type, types)) || `Types: ${types.join(', ')}.`,
  })
}

function readCondition(
  place: NodePlace,
  when: string | boolean | undefined,
  references: PlacedReference[],
): FlowCondition | undefined {
  if (when === undefined) return undefined
  if (typeof when === 'boolean') return { kind: 'literal', value: when }
  const parsed = parseCondition(when)
  const path = [...place.path, 'when']
  if (!parsed.ok) {
    const at = place.file.positionOf(path)
    place.context.issues.addError({
      file: place.file.path,
      at,
      message: parsed.message,
      suggestion: parsed.suggestion,
    })
    return undefined
  }
  references.push(...referencesInCondition(parsed.condition).map((reference) => ({ reference, path })))
  return parsed.condition
}

function readInputs(
  place: NodePlace,
  inputs: Record<string, unknown>,
  references: PlacedReference[],
): Record<string, FlowValue> {
  const entries = Object.entries(inputs).map(([key, value]) => [
    key,
    readValue({ ...place, path: [...place.path, 'inputs'] }, value, key, references),
  ])
  return Object.fromEntries(entries) as Record<string, FlowValue>
}

function readValue(place: NodePlace, raw: unknown, field: string, references: PlacedReference[]): FlowValue {
  return readPlacedValue(place.file, [...place.path, field], raw, place.context, references)
}

/** Parses a value of a flow file; bad references are reported where they stand. */
export function readPlacedValue(
  file: YamlFile,
  path: readonly (string | number)[],
  raw: unknown,
  context: AppContext,
  references: PlacedReference[],
): FlowValue {
  const problems: ValueProblem[] = []
  const value = parseValue(raw, problems, path)
  for (const problem of problems) {
    const { message, suggestion } = problem
    context.issues.addError({ file: file.path, at: file.positionOf(problem.path), message, suggestion })
  }
  references.push(...referencesIn(value).map((reference) => ({ reference, path })))
  return value
}

function checkIndex(place: NodePlace, index: string): void {
  const { context } = place
  if (context.indexNames.has(index)) return
  const names = [...context.indexNames]
  const { file, at } = fieldOf(place, 'index')
  context.issues.addError({
    file: file.path,
    at,
    message: `Index "${index}" does not exist.`,
    suggestion:
      suggestNames(index, names) ||
      (names.length > 0 ? `Indexes of this app: ${names.join(', ')}.` : `Add indexes/${index}.index.yaml.`),
  })
}

type PromptUse = {
  readonly name: string
  readonly prompt: string
  readonly model: string | undefined
  readonly inputs: readonly string[]
}

/** A node must give every input of its prompt that has no default, and no others. */
function checkPromptUse(place: NodePlace, use: PromptUse): void {
  const { file, context, path } = place
  const prompt = context.prompts.get(use.prompt)
  if (use.model !== undefined)
    checkModel(context, { path: file.path, at: file.positionOf([...path, 'model']), model: use.model })
  if (!prompt) return
  if (use.model === undefined && prompt.model === '') {
    context.issues.addError({
      file: file.path,
      at: file.positionOf(path),
      message: `Node "${use.name}" has no model: neither the node nor ${prompt.path} names one.`,
      suggestion: 'Add "model" to the node, or model.configuration.model to the prompt.',
    })
  }
  const declared = Object.keys(prompt.inputs)
  const unknown = use.inputs.filter((input) => !declared.includes(input) && input !== 'chat_history')
  for (const input of unknown) {
    context.issues.addError({
      file: file.path,
      at: file.positionOfKey([...path, 'inputs', input]),
      message: `Node "${use.name}" gives "${input}", which ${prompt.path} does not declare.`,
      suggestion: suggestNames(input, declared) || `It declares: ${declared.join(', ') || 'no inputs'}.`,
    })
  }
  for (const [input, spec] of Object.entries(prompt.inputs)) {
    if (use.inputs.includes(input) || spec.default !== undefined) continue
    const near = nearestNames(input, unknown, 1)[0]
    context.issues.addError({
      file: file.path,
      at: file.positionOf(use.inputs.length > 0 ? [...path, 'inputs'] : path),
      message: `Node "${use.name}" does not give the input "${input}" of ${prompt.path}.`,
      suggestion:
        near === undefined
          ? `Add "${input}: \${inputs.${input}}" or a default in the prompt.`
          : `Rename "${near}" to "${input}".`,
    })
  }
}

function textField(value: unknown, field: string): string | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, field)) return undefined
  const found: unknown = (value as Record<string, unknown>)[field]
  return typeof found === 'string' ? found : undefined
}
