import type { FlowGraph } from '@ratchet/contract'
import { printReference } from '../flows/parse-reference.ts'
import type { FlowValue } from '../flows/parse-value.ts'
import type { IndexConfig, LoadedApp, LoadedNode } from './loaded-app.ts'

/** The flows of an app as graphs, the served one first. `detail` names the file, index or tool of a node. */
export function flowGraphs(app: LoadedApp): FlowGraph[] {
  const flows = [...app.flows.values()].toSorted(
    (a, b) => Number(b.path === app.entry) - Number(a.path === app.entry),
  )
  return flows.map((flow) => ({
    path: flow.path,
    nodes: flow.nodes.map((node) => ({
      id: node.name,
      type: node.type,
      detail: detailOf(node),
      inputs: inputsOf(node),
    })),
    edges: flow.nodes.flatMap((node) => node.dependsOn.map((from) => ({ from, to: node.name }))),
  }))
}

/** The indexes of an app, for building their versions. */
export function indexConfigs(app: LoadedApp): IndexConfig[] {
  return [...app.indexes.values()]
}

/** Every `connection/model` that the app may call, sorted: its prompts, overrides of nodes, and embeddings. */
export function modelPins(app: LoadedApp): string[] {
  const overrides = [...app.flows.values()].flatMap((flow) =>
    flow.nodes.flatMap((node) => (node.type === 'prompt' && node.model !== undefined ? [node.model] : [])),
  )
  const prompts = [...app.prompts.values()].map((prompt) => prompt.model)
  const embeddings = [...app.indexes.values()].map((index) => index.embedding)
  const names = [...prompts, ...overrides, ...embeddings].filter((name) => name !== '')
  return [...new Set(names.map((name) => resolveModel(app, name)))].toSorted()
}

/** An alias of the manifest as the model it stands for. */
export function resolveModel(app: LoadedApp, name: string): string {
  const { models } = app.manifest
  return Object.hasOwn(models, name) ? (models[name] ?? name) : name
}

function detailOf(node: LoadedNode): string {
  if (node.type === 'prompt') return node.prompt
  return node.type === 'tool' ? node.tool : node.index
}

function inputsOf(node: LoadedNode): string[] {
  if (node.type === 'retrieve') return [`query: ${printFlowValue(node.query)}`]
  return Object.entries(node.inputs).map(([name, value]) => `${name}: ${printFlowValue(value)}`)
}

function printFlowValue(value: FlowValue): string {
  switch (value.kind) {
    case 'literal':
      return JSON.stringify(value.value) ?? ''
    case 'reference':
      return `\${${printReference(value.reference)}}`
    case 'text':
      return value.parts
        .map((part) => (typeof part === 'string' ? part : `\${${printReference(part)}}`))
        .join('')
    case 'list':
      return `[${value.items.map(printFlowValue).join(', ')}]`
    case 'object':
      return `{${Object.entries(value.fields)
        .map(([key, item]) => `${key}: ${printFlowValue(item)}`)
        .join(', ')}}`
  }
}
