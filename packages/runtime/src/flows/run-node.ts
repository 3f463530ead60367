import { AppError, isAppError, type ErrorCode, type NodeResult } from '@ratchet/contract'
import type { LoadedNode } from '../apps/loaded-app.ts'
import { evaluateCondition } from './evaluate-condition.ts'
import type { FlowContext } from './flow-context.ts'
import { referencesInCondition } from './parse-condition.ts'
import { runStep } from './run-step.ts'
import { pause, withTimeout } from './with-timeout.ts'

/** Trying again cannot help: the same call would be refused the same way. */
const finalCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'app_invalid',
  'bad_request',
  'budget_exceeded',
  'client_closed',
  'forbidden',
  'key_expired',
  'key_revoked',
  'model_not_found',
  'not_found',
  'not_supported',
  'unauthenticated',
  'validation_failed',
])

/**
 * Runs a node whose needs have ended: skips it when it is bypassed, else tries it as often as it may, writes its
 * span and reports its result. Throws what made it fail, named after the node.
 */
export async function runNode(node: LoadedNode, context: FlowContext): Promise<void> {
  const { parts } = context
  const startUs = parts.nowUs()
  const report = (result: Omit<NodeResult, 'durationMs'>): void => {
    const durationMs = Math.max(0, parts.nowUs() - startUs) / 1000
    parts.emit({ type: 'node', name: node.name, result: { ...result, durationMs } })
  }
  try {
    if (isBypassed(node, context)) {
      context.bypassed.add(node.name)
      context.state.outputs.set(node.name, null)
      report({ status: 'bypassed', output: null })
      return
    }
    const output = await runWithSpan(node, context, startUs)
    context.state.outputs.set(node.name, output)
    report({ status: 'completed', output })
  } catch (error) {
    const failure = nameFailure(node, error)
    const isCancelled = context.signal.aborted
    const told = { code: failure.code, message: failure.message }
    report({
      status: isCancelled ? 'cancelled' : 'failed',
      output: null,
      ...(!isCancelled && { error: told }),
    })
    throw failure
  }
}

/** Reports a node that never started because the run ended before. */
export function reportCancelled(node: LoadedNode, context: FlowContext): void {
  context.parts.emit({
    type: 'node',
    name: node.name,
    result: { status: 'cancelled', output: null, durationMs: 0 },
  })
}

/**
 * Prompt flow's rule: a condition about bypassed nodes bypasses; without a condition, so do needs that were all
 * bypassed. A condition that holds overrides the latter.
 */
function isBypassed(node: LoadedNode, context: FlowContext): boolean {
  const { bypassed, state } = context
  if (node.when === undefined)
    return node.dependsOn.length > 0 && node.dependsOn.every((name) => bypassed.has(name))
  const asked = referencesInCondition(node.when).filter((reference) => reference.kind === 'node')
  if (asked.length > 0 && asked.every((reference) => bypassed.has(reference.name))) return true
  return !evaluateCondition(node.when, state)
}

async function runWithSpan(node: LoadedNode, context: FlowContext, startUs: number): Promise<unknown> {
  const { parts } = context
  const spanId = parts.newSpanId()
  const seen = { input: undefined as unknown, firstTextUs: 0, attempts: 0 }
  const record = (output: unknown, error?: unknown): void => {
    const failure = error === undefined ? undefined : asAppError(error)
    const isCancelled = failure !== undefined && context.signal.aborted
    parts.recordSpan({
      spanId,
      parentSpanId: context.parentSpanId,
      name: node.name,
      type: node.type,
      startUs,
      durationUs: Math.max(0, parts.nowUs() - startUs),
      firstTokenUs: seen.firstTextUs === 0 ? 0 : seen.firstTextUs - startUs,
      status: failure === undefined ? 'ok' : isCancelled ? 'cancelled' : 'error',
      errorCode: failure?.code ?? '',
      errorMessage: failure?.message ?? '',
      input: printBody(seen.input),
      output: printBody(output),
      ...(node.type === 'prompt' && { prompt: node.prompt }),
      attributes: {
        flow: context.flow.path,
        ...(seen.attempts > 1 && { attempts: seen.attempts }),
        ...(node.type === 'tool' && { tool: node.tool }),
        ...(node.type === 'retrieve' && { index: node.index }),
      },
    })
  }
  try {
    const output = await attempt(node, context, spanId, seen)
    record(output)
    return output
  } catch (error) {
    record(undefined, error)
    throw error
  }
}

type Seen = { input: unknown; firstTextUs: number; attempts: number }

async function attempt(node: LoadedNode, context: FlowContext, spanId: string, seen: Seen): Promise<unknown> {
  const sentBefore = context.answer.text.length
  for (;;) {
    seen.attempts += 1
    try {
      const options = { signal: context.signal, timeoutMs: node.timeoutMs, what: `Node "${node.name}"` }
      return await withTimeout(options, (signal) =>
        runStep({
          node,
          context,
          spanId,
          signal,
          onInput: (input) => (seen.input = input),
          onFirstText: () => (seen.firstTextUs ||= context.parts.nowUs()),
        }),
      )
    } catch (error) {
      // Text that the caller has seen cannot be taken back, so the answer is not started over.
      const hasSent = context.flow.answer === node.name && context.answer.text.length > sentBefore
      const isLast = seen.attempts > node.retry.times || hasSent || finalCodes.has(asAppError(error).code)
      if (isLast || context.signal.aborted) throw error
      await pause(node.retry.delayMs, context.signal)
    }
  }
}

function nameFailure(node: LoadedNode, error: unknown): AppError {
  const { code, message, details } = asAppError(error)
  const named = message.startsWith(`Node "${node.name}"`) ? message : `Node "${node.name}": ${message}`
  return new AppError(code, { message: named, details: { ...details, node: node.name }, cause: error })
}

/** Any failure as one of ours; what nobody foresaw is `internal`. */
export function asAppError(error: unknown): AppError {
  if (isAppError(error)) return error
  const message = error instanceof Error ? error.message : String(error)
  return new AppError('internal', { message, cause: error })
}

/** A value as a span stores it: text, or JSON as text. */
export function printBody(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
