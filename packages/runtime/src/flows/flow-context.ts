import type { ChatMessage, Usage } from '@ratchet/contract'
import type { LoadedApp, LoadedFlow } from '../apps/loaded-app.ts'
import type { ExecutionParts, ModelAnswer } from './execution-parts.ts'
import type { FlowState } from './resolve-value.ts'

/** One run of a flow: what its nodes share. Mutable where nodes leave results; one run is one owner. */
export type FlowContext = {
  readonly app: LoadedApp
  readonly flow: LoadedFlow
  readonly history: readonly ChatMessage[]
  readonly parts: ExecutionParts
  /** The span that spans of nodes belong under. */
  readonly traceId: string
  readonly parentSpanId: string
  /** Aborts when the caller leaves or a node has failed. */
  readonly signal: AbortSignal
  readonly state: FlowState & { readonly outputs: Map<string, unknown> }
  readonly bypassed: Set<string>
  readonly answer: AnswerText
  readonly totals: FlowTotals
}

/** The text that goes to the caller, as far as it has been sent. */
export type AnswerText = {
  text: string
  firstTextUs: number | undefined
  finishReason: string
  toolCalls: readonly unknown[]
}

export type FlowTotals = { usage: Usage; costNano: number; costKnown: boolean }

/** Sends a piece of the answer to the caller. */
export function sendText(context: FlowContext, text: string): void {
  if (text === '') return
  context.answer.firstTextUs ??= context.parts.nowUs()
  context.answer.text += text
  context.parts.emit({ type: 'text', text })
}

/** Adds the tokens and cost of one model call. */
export function addUsage(
  totals: FlowTotals,
  answer: Pick<ModelAnswer, 'usage' | 'costNano' | 'costKnown'>,
): void {
  const { usage } = answer
  totals.costNano += answer.costNano ?? 0
  totals.costKnown &&= answer.costKnown ?? true
  totals.usage = {
    inputTokens: totals.usage.inputTokens + usage.inputTokens,
    outputTokens: totals.usage.outputTokens + usage.outputTokens,
    cachedInputTokens: totals.usage.cachedInputTokens + usage.cachedInputTokens,
    cacheWriteTokens: totals.usage.cacheWriteTokens + usage.cacheWriteTokens,
    reasoningTokens: totals.usage.reasoningTokens + usage.reasoningTokens,
  }
}
