import { planFlow, suggestNames } from '@ratchet/core/graph'
import type { FlowValue } from '../flows/parse-value.ts'
import type { AppContext } from './app-context.ts'
import { checkNode, readPlacedValue, type CheckedNode, type PlacedReference } from './check-node.ts'
import { checkShape } from './check-shape.ts'
import { flowSchema } from './file-schemas.ts'
import type { LoadedFlow, LoadedNode } from './loaded-app.ts'
import { parseYaml, type YamlFile } from './yaml-file.ts'

/** Parses and checks a `*.flow.yaml`. Undefined when it cannot run. */
export function checkFlow(path: string, text: string, context: AppContext): LoadedFlow | undefined {
  const { issues } = context
  const yaml = parseYaml(path, text)
  for (const problem of yaml.problems) issues.addError({ file: path, at: problem, message: problem.message })
  if (!yaml.file) return undefined
  const file = yaml.file
  const shape = checkShape(flowSchema, { file, what: 'the flow' }, issues)
  if (!shape) return undefined
  const checked = shape.nodes.map((raw, position) => checkNode(file, position, raw, context))
  const outputReferences: PlacedReference[] = []
  const outputs = Object.entries(shape.outputs).map(([name, raw]): [string, FlowValue] => [
    name,
    readPlacedValue(file, ['outputs', name], raw, context, outputReferences),
  ])
  const frame = { file, context, inputs: Object.keys(shape.inputs), nodes: checked.map((node) => node.name) }
  for (const placed of [...checked.flatMap((node) => node.references), ...outputReferences])
    checkInput(frame, placed)
  for (const placed of outputReferences) checkOutputNode(frame, placed)
  const isPlanned = checkPlan(frame, checked)
  checkAnswer(frame, shape.answer)
  if (Object.values(shape.inputs).filter((input) => input.chat).length > 1) {
    issues.addError({
      file: path,
      at: file.positionOfKey(['inputs']),
      message: 'Two inputs have "chat: true". Only one can take the user\'s message.',
    })
  }
  const isLoaded = checked.every((node) => node.node !== undefined) && isPlanned
  if (isLoaded)
    warnUnused(frame, checked, [
      ...outputReferences.map((placed) => placed.reference.name),
      shape.answer ?? '',
    ])
  if (!isLoaded) return undefined
  const nodes = checked.flatMap((node) => (node.node ? [withNeeds(node.node, needsOf(node))] : []))
  return {
    path,
    name: shape.name || nameOf(path),
    inputs: shape.inputs,
    outputs: Object.fromEntries(outputs),
    answer: shape.answer,
    nodes,
  }
}

type Frame = {
  readonly file: YamlFile
  readonly context: AppContext
  readonly inputs: readonly string[]
  readonly nodes: readonly string[]
}

function checkInput({ file, context, inputs }: Frame, { reference, path }: PlacedReference): void {
  if (reference.kind !== 'input' || inputs.includes(reference.name) || reference.name === 'chat_history')
    return
  context.issues.addError({
    file: file.path,
    at: file.positionOf(path),
    message: `"\${inputs.${reference.name}}" refers to an input that the flow does not declare.`,
    suggestion: suggestNames(reference.name, inputs) || `Declared inputs: ${inputs.join(', ') || 'none'}.`,
  })
}

function checkOutputNode({ file, context, nodes }: Frame, { reference, path }: PlacedReference): void {
  if (reference.kind !== 'node' || nodes.includes(reference.name)) return
  context.issues.addError({
    file: file.path,
    at: file.positionOf(path),
    message: `Output "${String(path[1])}" refers to the node "${reference.name}", which does not exist.`,
    suggestion: suggestNames(reference.name, nodes) || `Nodes of this flow: ${nodes.join(', ')}.`,
  })
}

function needsOf(node: CheckedNode): string[] {
  const names = node.references.flatMap(({ reference }) =>
    reference.kind === 'node' ? [reference.name] : [],
  )
  return [...new Set(names)]
}

function withNeeds(node: LoadedNode, dependsOn: readonly string[]): LoadedNode {
  return { ...node, dependsOn }
}

/** Reports duplicate names, unknown nodes and cycles where they stand. */
function checkPlan({ file, context }: Frame, checked: readonly CheckedNode[]): boolean {
  const named = checked.filter((node) => node.name !== '')
  const plan = planFlow(named.map((node) => ({ name: node.name, dependsOn: needsOf(node) })))
  if (plan.ok) return true
  for (const problem of plan.problems) {
    const [message, suggestion] = splitAdvice(problem.message)
    const name = problem.kind === 'cycle' ? problem.path[0] : problem.node
    const node =
      problem.kind === 'duplicate-node'
        ? named.findLast((each) => each.name === name)
        : named.find((each) => each.name === name)
    const wanted =
      problem.kind === 'cycle'
        ? problem.path[1]
        : problem.kind === 'unknown-node'
          ? problem.reference
          : undefined
    const reference = node?.references.find(
      (placed) => placed.reference.kind === 'node' && placed.reference.name === wanted,
    )
    const path = reference?.path ?? ['nodes', node?.position ?? 0, 'name']
    context.issues.addError({ file: file.path, at: file.positionOf(path), message, suggestion })
  }
  return false
}

/** Core writes problem and advice as one text; issues keep them apart. */
function splitAdvice(text: string): [message: string, suggestion: string | undefined] {
  const match = /^(.*?[.!]) ((?:Did you mean|Nodes of this flow|Rename|Remove) .*)$/s.exec(text)
  return match ? [match[1] ?? text, match[2]] : [text, undefined]
}

function checkAnswer({ file, context, nodes }: Frame, answer: string | undefined): void {
  if (answer === undefined || nodes.includes(answer)) return
  context.issues.addError({
    file: file.path,
    at: file.positionOf(['answer']),
    message: `"answer" names the node "${answer}", which does not exist.`,
    suggestion: suggestNames(answer, nodes) || `Nodes of this flow: ${nodes.join(', ')}.`,
  })
}

function warnUnused(
  { file, context }: Frame,
  checked: readonly CheckedNode[],
  used: readonly string[],
): void {
  const needed = new Set([...used, ...checked.flatMap(needsOf)])
  for (const node of checked) {
    if (needed.has(node.name)) continue
    context.issues.addWarning({
      file: file.path,
      at: file.positionOf(['nodes', node.position, 'name']),
      message: `Nothing uses the result of node "${node.name}".`,
      suggestion: 'Refer to it in an output or another node, name it as "answer", or remove it.',
    })
  }
}

function nameOf(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/\.flow\.ya?ml$/, '')
}
