import type { LoadedFlow, LoadedPrompt } from '../apps/loaded-app.ts'
import type { FlowValue } from './parse-value.ts'

/** A prompt that is called by itself, as a flow of one node: its outputs are the fields of its answer, or `answer`. */
export function flowOfPrompt(prompt: LoadedPrompt): LoadedFlow {
  const inputs = Object.keys(prompt.inputs).map((name): [string, FlowValue] => [
    name,
    { kind: 'reference', reference: { kind: 'input', name, path: [] } },
  ])
  const output = (path: readonly string[]): FlowValue => ({
    kind: 'reference',
    reference: { kind: 'node', name: prompt.name, path },
  })
  const outputs = prompt.outputs
    ? Object.keys(prompt.outputs).map((name): [string, FlowValue] => [name, output([name])])
    : [['answer', output([])] as [string, FlowValue]]
  return {
    path: prompt.path,
    name: prompt.name,
    inputs: prompt.inputs,
    outputs: Object.fromEntries(outputs),
    answer: prompt.name,
    nodes: [
      {
        type: 'prompt',
        name: prompt.name,
        prompt: prompt.path,
        model: undefined,
        inputs: Object.fromEntries(inputs),
        when: undefined,
        timeoutMs: undefined,
        retry: { times: 0, delayMs: 0 },
        dependsOn: [],
      },
    ],
  }
}
