import { AppError, usage } from '@ratchet/contract'
import { nearestNames, planFlow } from '@ratchet/core/graph'
import type { LoadedApp, LoadedFlow } from '../apps/loaded-app.ts'
import type { ExecutionParts, ExecutionRequest } from './execution-parts.ts'
import { sendText, type FlowContext } from './flow-context.ts'
import { flowOfPrompt } from './flow-of-prompt.ts'
import { readInputs, type FilledInputs } from './read-inputs.ts'
import { printValue, resolveValue } from './resolve-value.ts'
import { asAppError, printBody, reportCancelled, runNode } from './run-node.ts'

/**
 * Runs an entry of an app and reports through `parts.emit`: text, sources and nodes as they come, then exactly
 * one `finished` or `failed`. Spans are recorded before that last event. Throws only when the request's signal
 * aborts, with its reason and without a last event.
 */
export async function runEntry(
  app: LoadedApp,
  request: ExecutionRequest,
  parts: ExecutionParts,
): Promise<void> {
  request.signal.throwIfAborted()
  try {
    const { flow, isPrompt } = findEntry(app, request.entry)
    const sample = isPrompt ? app.prompts.get(flow.path)?.sample : undefined
    const filled = readInputs(
      { path: flow.path, inputs: flow.inputs, ...(sample && { sample }) },
      request.inputs,
      request.messages,
    )
    await runFlow(app, { flow, isPrompt, filled }, request, parts)
  } catch (error) {
    request.signal.throwIfAborted()
    const { code, message, details } = asAppError(error)
    parts.emit({
      type: 'failed',
      error: { code, message, ...(Object.keys(details).length > 0 && { details }) },
    })
  }
}

function findEntry(app: LoadedApp, wanted: string | undefined): { flow: LoadedFlow; isPrompt: boolean } {
  const path = (wanted ?? app.entry).replace(/^\.\//, '')
  const flow = app.flows.get(path)
  if (flow) return { flow, isPrompt: false }
  const prompt = app.prompts.get(path)
  if (prompt) return { flow: flowOfPrompt(prompt), isPrompt: true }
  const entries = [...app.flows.keys(), ...app.prompts.keys()]
  const near = nearestNames(path, entries)
  throw new AppError('not_found', {
    message: `The release has no flow or prompt "${path}". It has: ${(near.length > 0 ? near : entries).join(', ')}.`,
    details: { entry: path, suggestions: near },
  })
}

type Run = { readonly flow: LoadedFlow; readonly isPrompt: boolean; readonly filled: FilledInputs }

async function runFlow(
  app: LoadedApp,
  run: Run,
  request: ExecutionRequest,
  parts: ExecutionParts,
): Promise<void> {
  const { flow, isPrompt, filled } = run
  const startUs = parts.nowUs()
  const failing = new AbortController()
  const spanId = isPrompt ? request.parent.spanId : parts.newSpanId()
  const context: FlowContext = {
    app,
    flow,
    history: filled.history,
    parts,
    traceId: request.parent.traceId,
    parentSpanId: spanId,
    signal: AbortSignal.any([request.signal, failing.signal]),
    state: { inputs: { chat_history: filled.history, ...filled.values }, outputs: new Map() },
    bypassed: new Set(),
    answer: { text: '', firstTextUs: undefined, finishReason: '', toolCalls: [] },
    totals: { usage: usage.parse({}), costNano: 0, costKnown: true },
  }
  const record = (output: unknown, error?: unknown): void => {
    if (isPrompt) return
    const failure = error === undefined ? undefined : asAppError(error)
    parts.recordSpan({
      spanId,
      parentSpanId: request.parent.spanId,
      name: flow.name,
      type: 'flow',
      startUs,
      durationUs: Math.max(0, parts.nowUs() - startUs),
      firstTokenUs: context.answer.firstTextUs === undefined ? 0 : context.answer.firstTextUs - startUs,
      status: failure === undefined ? 'ok' : request.signal.aborted ? 'cancelled' : 'error',
      errorCode: failure?.code ?? '',
      errorMessage: failure?.message ?? '',
      input: printBody(filled.values),
      output: printBody(output),
      attributes: { flow: flow.path },
    })
  }
  try {
    await runNodes(context, failing)
    const outputs = readOutputs(context)
    if (context.answer.text === '') sendText(context, fallbackText(context, outputs))
    record(outputs)
    finish(context, outputs, startUs)
  } catch (error) {
    record(undefined, error)
    throw error
  }
}

/** Starts each node as soon as its needs have ended. The first failure stops the others and is thrown. */
async function runNodes(context: FlowContext, failing: AbortController): Promise<void> {
  const { nodes } = context.flow
  const plan = planFlow(nodes)
  if (!plan.ok)
    throw new AppError('app_invalid', { message: plan.problems[0]?.message ?? 'The flow cannot be ordered.' })
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const ends = new Map<string, Promise<void>>()
  let failure: unknown
  for (const name of plan.waves.flat()) {
    const node = byName.get(name)
    if (!node) continue
    const needs = node.dependsOn.map((need) => ends.get(need) ?? Promise.resolve())
    const end = Promise.all(needs).then(() =>
      context.signal.aborted ? reportCancelled(node, context) : runNode(node, context),
    )
    const settled = end.catch((error: unknown) => {
      failure ??= error
      failing.abort(error)
    })
    ends.set(name, settled)
  }
  await Promise.all(ends.values())
  if (failure !== undefined) throw failure
  context.signal.throwIfAborted()
}

function readOutputs(context: FlowContext): Record<string, unknown> {
  const outputs = Object.entries(context.flow.outputs).map(([name, value]) => [
    name,
    resolveValue(value, context.state),
  ])
  const { toolCalls } = context.answer
  return { ...Object.fromEntries(outputs), ...(toolCalls.length > 0 && { toolCalls }) }
}

/** The text of a run that streamed none: the answer node's output, the only output, `answer`, or all as JSON. */
function fallbackText(context: FlowContext, outputs: Readonly<Record<string, unknown>>): string {
  const { flow, state, answer, bypassed } = context
  if (answer.toolCalls.length > 0) return ''
  if (flow.answer !== undefined && !bypassed.has(flow.answer))
    return printValue(state.outputs.get(flow.answer))
  const given = Object.entries(outputs).filter(([, value]) => value !== null)
  const only = given.length === 1 ? given[0]?.[1] : outputs['answer']
  if (only !== undefined && only !== null) return printValue(only)
  return given.length === 0 ? '' : JSON.stringify(outputs)
}

function finish(context: FlowContext, outputs: Record<string, unknown>, startUs: number): void {
  const { answer, totals, parts } = context
  parts.emit({
    type: 'finished',
    text: answer.text,
    outputs,
    usage: totals.usage,
    costNano: totals.costNano,
    costKnown: totals.costKnown,
    finishReason: answer.finishReason || 'stop',
    durationMs: Math.max(0, parts.nowUs() - startUs) / 1000,
    ...(answer.firstTextUs !== undefined && {
      firstTextMs: Math.max(0, answer.firstTextUs - startUs) / 1000,
    }),
  })
}
