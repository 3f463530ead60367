import type { EvaluationCase } from '@ratchet/core/evaluators'
import { AppError, isAppError, type ChatMessage, type DatasetItem, type Source } from '@ratchet/contract'
import type { Clock } from '#platform/clock.ts'
import type { Invocations } from '#features/invocations'
import type { EvaluationPlan } from './evaluation-plan.ts'
import type { StoredEvaluation } from './evaluation-store.ts'
import type { ItemResult } from './item-result.ts'

export type ItemParts = {
  readonly invocations: Pick<Invocations, 'invoke'>
  readonly clock: Clock
  readonly random: () => number
}

/** One item in one repeat. */
export type ItemTask = { readonly item: DatasetItem; readonly position: number; readonly repeat: number }

type Answer = {
  text: string
  sources: readonly Source[]
  traceId: string
  release: string | undefined
  latencyMs: number
  costNano: number
  isCostKnown: boolean
  error: AppError | undefined
}

/** What a provider may get over within seconds; a wrong request stays wrong. */
const passingCodes = new Set([
  'provider_error',
  'provider_unreachable',
  'provider_stream_cut',
  'rate_limited',
  'overloaded',
  'unavailable',
])
/** What every other item would meet as well: the run stops instead of failing item by item. */
const hopelessCodes = new Set([
  'model_not_found',
  'model_unsupported',
  'not_found',
  'forbidden',
  'unauthenticated',
  'key_revoked',
  'key_expired',
  'budget_exceeded',
])
const retries = 2
const retryDelayMs = 500

/**
 * Asks the target once (again up to twice when its provider stumbles) and judges the answer. A target that
 * fails gives a result with `error` and no scores; only what makes the whole run pointless throws.
 */
export async function runItem(
  parts: ItemParts,
  run: { evaluation: StoredEvaluation; plan: EvaluationPlan; signal: AbortSignal },
  task: ItemTask,
): Promise<ItemResult & { release: string | undefined }> {
  const { evaluation, plan, signal } = run
  const { item, position, repeat } = task
  let answer = await ask(parts, run, item)
  for (let retry = 1; answer.error && passingCodes.has(answer.error.code) && retry <= retries; retry++) {
    await parts.clock.sleep(retryDelayMs * 2 ** (retry - 1) * (0.5 + parts.random() / 2), signal)
    answer = await ask(parts, run, item)
  }
  const { error } = answer
  if (error && hopelessCodes.has(error.code)) throw error
  const judged: EvaluationCase = {
    inputs: item.inputs,
    expected: item.expected,
    output: {
      text: answer.text,
      contexts: answer.sources,
      latencyMs: answer.latencyMs,
      costNano: answer.isCostKnown ? answer.costNano : null,
    },
    ...(error ? { error: error.message } : {}),
  }
  return {
    itemId: item.id,
    position,
    repeat,
    round: evaluation.round,
    inputs: item.inputs,
    ...(item.expected === undefined ? {} : { expected: item.expected }),
    metadata: item.metadata,
    output: answer.text,
    error: error ? error.message : '',
    traceId: answer.traceId,
    latencyMs: answer.latencyMs,
    costNano: answer.costNano,
    release: answer.release,
    scores: Object.fromEntries(
      plan.evaluators.map((evaluator) => {
        const { score, passed, reason } = evaluator.evaluate(judged)
        return [evaluator.name, { score, ...(passed === undefined ? {} : { passed }), reason }]
      }),
    ),
  }
}

async function ask(
  parts: ItemParts,
  { evaluation, plan, signal }: { evaluation: StoredEvaluation; plan: EvaluationPlan; signal: AbortSignal },
  item: DatasetItem,
): Promise<Answer> {
  const { spec } = plan
  const startedMs = parts.clock.now()
  const answer: Answer = {
    text: '',
    sources: [],
    traceId: '',
    release: undefined,
    latencyMs: 0,
    costNano: 0,
    isCostKnown: false,
    error: undefined,
  }
  try {
    const events = await parts.invocations.invoke({
      project: evaluation.project,
      environment: evaluation.environment,
      keyId: `evaluation:${evaluation.id}`,
      model: evaluation.target,
      messages: messagesOf(item, spec),
      inputs: item.inputs,
      entry: spec.entry,
      timeoutMs: spec.timeoutMs,
      signal,
    })
    for await (const event of events) {
      if (event.type === 'started') {
        answer.traceId = event.traceId
        answer.release = event.release
      } else if (event.type === 'sources') answer.sources = event.sources
      else if (event.type === 'text') answer.text += event.text
      else if (event.type === 'finished') {
        answer.text = event.text
        answer.latencyMs = event.durationMs
        answer.costNano = event.costNano
        answer.isCostKnown = event.costKnown ?? true
      } else if (event.type === 'failed') answer.error = failureOf(event.error)
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (!isAppError(error)) throw error
    answer.error = error
  }
  return answer.latencyMs > 0 ? answer : { ...answer, latencyMs: parts.clock.now() - startedMs }
}

/** The question becomes the user's message; a flow that is no chat gets its inputs only. */
function messagesOf(item: DatasetItem, spec: EvaluationPlan['spec']): ChatMessage[] {
  const question = item.inputs[spec.question]
  if (question === undefined || question === null) {
    if (spec.target.startsWith('app/')) return []
    throw new AppError('validation_failed', {
      message: `Item "${item.id}" has no input "${spec.question}" to ask "${spec.target}". Its inputs: ${Object.keys(item.inputs).join(', ') || 'none'}. Name the right one as "question" in the evaluation.`,
      details: { item: item.id, question: spec.question },
    })
  }
  return [{ role: 'user', content: typeof question === 'string' ? question : JSON.stringify(question) }]
}

function failureOf(error: { code: string; message: string }): AppError {
  const isPassing = passingCodes.has(error.code) || hopelessCodes.has(error.code)
  const code = isPassing ? (error.code as AppError['code']) : 'tool_failed'
  const message = error.message || error.code
  return new AppError(code, { message, details: { code: error.code } })
}
