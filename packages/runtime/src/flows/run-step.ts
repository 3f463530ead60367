import { AppError } from '@ratchet/contract'
import { resolveModel } from '../apps/describe-app.ts'
import type { LoadedNode } from '../apps/loaded-app.ts'
import { readJsonAnswer, responseFormatOf } from '../prompts/json-answer.ts'
import { renderPrompt } from '../prompts/render-prompt.ts'
import { historyName } from '../templates/index.ts'
import type { ModelAnswer } from './execution-parts.ts'
import { addUsage, sendText, type FlowContext } from './flow-context.ts'
import { formatPassages } from './format-passages.ts'
import { printValue, resolveValue } from './resolve-value.ts'

/** One attempt at a node. */
export type Step = {
  readonly node: LoadedNode
  readonly context: FlowContext
  readonly spanId: string
  readonly signal: AbortSignal
  /** What the node is given, for its span; set before the work starts. */
  readonly onInput: (input: unknown) => void
  /** Called when text arrives, for the span's time to first token. */
  readonly onFirstText: () => void
}

const toolTimeoutMs = 30_000

/** Runs a node once and gives its output. */
export function runStep(step: Step): Promise<unknown> {
  switch (step.node.type) {
    case 'prompt':
      return runPrompt(step, step.node)
    case 'retrieve':
      return runRetrieve(step, step.node)
    case 'tool':
      return runTool(step, step.node)
  }
}

async function runPrompt(step: Step, node: LoadedNode & { type: 'prompt' }): Promise<unknown> {
  const { context } = step
  const prompt = context.app.prompts.get(node.prompt)
  if (!prompt)
    throw new AppError('app_invalid', { message: `The prompt ${node.prompt} is not in the release.` })
  const inputs = resolveInputs(node.inputs, context)
  const given: unknown = inputs[historyName]
  const history = Array.isArray(given) ? given : context.history
  step.onInput(inputs)
  const messages = renderPrompt(prompt, inputs, history)
  const isAnswer = context.flow.answer === node.name
  const answer = await context.parts.callModel({
    model: resolveModel(context.app, node.model ?? prompt.model),
    messages,
    parameters: parametersOf(prompt.name, prompt.parameters, prompt.outputs),
    parent: { traceId: context.traceId, spanId: step.spanId },
    signal: step.signal,
    onText: (text) => {
      step.onFirstText()
      if (isAnswer) sendText(context, text)
    },
  })
  addUsage(context.totals, answer)
  if (isAnswer) {
    context.answer.finishReason = answer.finishReason
    context.answer.toolCalls = answer.toolCalls
  }
  return outputOf(answer, prompt.outputs, prompt.path)
}

type Outputs = Parameters<typeof readJsonAnswer>[1]

function parametersOf(
  name: string,
  parameters: Readonly<Record<string, unknown>>,
  outputs: Outputs | undefined,
): Record<string, unknown> {
  const { model: _model, messages: _messages, stream: _stream, ...passed } = parameters
  if (!outputs || 'response_format' in passed) return passed
  return { ...passed, response_format: responseFormatOf(name, outputs) }
}

function outputOf(answer: ModelAnswer, outputs: Outputs | undefined, file: string): unknown {
  if (answer.toolCalls.length > 0) return { content: answer.text, tool_calls: answer.toolCalls }
  return outputs ? readJsonAnswer(answer.text, outputs, file) : answer.text
}

async function runRetrieve(step: Step, node: LoadedNode & { type: 'retrieve' }): Promise<unknown> {
  const { context } = step
  const query = printValue(resolveValue(node.query, context.state)).trim()
  const { index, top, mode } = node
  step.onInput({ index, query, top, mode })
  // An empty question finds nothing; asking for it would be refused.
  const sources =
    query === ''
      ? []
      : await context.parts.retrieve({
          index,
          query,
          top,
          mode,
          parent: { traceId: context.traceId, spanId: step.spanId },
          signal: step.signal,
        })
  context.parts.emit({ type: 'sources', sources })
  return { sources, text: formatPassages(sources) }
}

async function runTool(step: Step, node: LoadedNode & { type: 'tool' }): Promise<unknown> {
  const inputs = resolveInputs(node.inputs, step.context)
  step.onInput(inputs)
  const timeoutMs = node.timeoutMs ?? toolTimeoutMs
  const output = await step.context.parts.runTool({ file: node.tool, inputs, timeoutMs, signal: step.signal })
  return output === undefined ? null : output
}

function resolveInputs(
  inputs: (LoadedNode & { type: 'tool' })['inputs'],
  context: FlowContext,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name, resolveValue(value, context.state)]),
  )
}
