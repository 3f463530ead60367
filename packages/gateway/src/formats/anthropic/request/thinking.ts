import type { WriteOptions } from '../../../neutral/codec.ts'
import type { NeutralRequest, Reasoning } from '../../../neutral/neutral-request.ts'
import { objectsField } from '../../../neutral/json-field.ts'
import { leaveOut, noteLeftOut, type Unsupported } from '../../../neutral/errors/unsupported.ts'
import type { JsonObject } from '../../parse-json.ts'
import type { RequestWriting } from './request-writing.ts'

/** What is sent of a wish to think, and the `max_tokens` that leaves room for it. */
export type ThinkingPlan = {
  readonly thinking?: JsonObject
  /** For `output_config`. */
  readonly effort?: string
  readonly maxTokens: number
  /** Thinking models refuse sampling settings and forced tools. */
  readonly isOn: boolean
}

/** Answer length when neither client nor capability table names one. */
const defaultMaxTokens = 4096

/** Anthropic's least budget. */
const leastBudget = 1024

/** Share of `max_tokens` that thoughts may take when the client named no budget of its own. */
const thoughtShare = 0.8

type Effort = Exclude<NonNullable<Reasoning['effort']>, 'none'>

const budgetOf: Readonly<Record<Effort, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 32_768,
  max: 65_536,
}

/** Decides how a model is asked to think, in the one way its abilities name (A4.21). */
export function planThinking(
  request: NeutralRequest,
  options: WriteOptions,
  target: Unsupported,
): ThinkingPlan {
  const { reasoning } = request
  const known = request.maxOutputTokens ?? options.abilities.maxOutputTokens
  const off = { maxTokens: known ?? defaultMaxTokens, isOn: false }
  const own = request.from === 'anthropic' ? request.extra['thinking'] : undefined
  if (own !== undefined || reasoning === undefined) return { ...off, isOn: own !== undefined }
  const mode = options.abilities.reasoning ?? (reasoning.budgetTokens === undefined ? 'adaptive' : 'budget')
  if (reasoning.effort === 'none' || reasoning.budgetTokens === 0)
    return mode === 'none' ? off : { ...off, thinking: { type: 'disabled' } }
  const isAsked =
    reasoning.effort !== undefined || reasoning.budgetTokens !== undefined || reasoning.isAdaptive === true
  if (!isAsked) return off
  if (mode === 'none') {
    leaveOut(target, thinkingParam(request))
    return off
  }
  if (mode === 'budget') return planBudget(request, reasoning, target, known)
  const effort = effortOfReasoning(reasoning)
  const word = effort === 'minimal' ? 'low' : effort
  return {
    ...off,
    isOn: mode !== 'effort',
    ...(mode === 'effort' ? {} : { thinking: { type: 'adaptive', ...display(reasoning, true) } }),
    ...(word === undefined ? {} : { effort: word }),
  }
}

/** How a format tells its blocks apart. */
export type BlockKinds = {
  readonly isResult: (block: JsonObject) => boolean
  readonly isThought: (block: JsonObject) => boolean
}

/**
 * With a budget, Claude wants to see its thoughts before the calls that are being answered. Where the client's format
 * has lost them, it answers without thinking, and that is noted.
 */
export function thinkWithThoughts(
  plan: ThinkingPlan,
  messages: readonly JsonObject[],
  { isResult, isThought, writing }: BlockKinds & { readonly writing: RequestWriting },
): ThinkingPlan {
  const { request } = writing
  if (plan.thinking?.['type'] !== 'enabled' || request.from === 'anthropic') return plan
  const [first] = blocksOf(messages.at(-2))
  if (first === undefined || isThought(first) || !blocksOf(messages.at(-1)).some(isResult)) return plan
  noteLeftOut(writing, thinkingParam(request))
  return { maxTokens: plan.maxTokens, isOn: false }
}

function blocksOf(message: JsonObject | undefined): readonly JsonObject[] {
  return message === undefined ? [] : objectsField(message, 'content')
}

/** What the client's format calls the wish to think. */
export function thinkingParam(request: NeutralRequest): string {
  if (request.from === 'openai-chat') return 'reasoning_effort'
  if (request.from === 'gemini') return 'generationConfig.thinkingConfig'
  return request.from === 'openai-responses' ? 'reasoning' : 'thinking'
}

function planBudget(
  request: NeutralRequest,
  reasoning: Reasoning,
  target: Unsupported,
  known: number | undefined,
): ThinkingPlan {
  const wanted = Math.max(leastBudget, reasoning.budgetTokens ?? budgetOf[asEffort(reasoning)])
  const maxTokens = known ?? defaultMaxTokens + wanted
  const most = reasoning.budgetTokens === undefined ? Math.floor(maxTokens * thoughtShare) : maxTokens - 1
  const budget = Math.min(wanted, most)
  if (budget < leastBudget) {
    const hint = `Thinking takes at least ${leastBudget} of the ${maxTokens} tokens of the answer: raise the limit`
    leaveOut(target, thinkingParam(request), hint)
    return { maxTokens, isOn: false }
  }
  return {
    maxTokens,
    isOn: true,
    thinking: { type: 'enabled', budget_tokens: budget, ...display(reasoning, false) },
    // Anthropic takes both; a word of another format has become the budget.
    ...(reasoning.budgetTokens !== undefined && reasoning.effort !== undefined
      ? { effort: asEffort(reasoning) }
      : {}),
  }
}

/** `enabled` shows thoughts by itself, `adaptive` as the model is made. */
function display({ isShown, summary }: Reasoning, isAdaptive: boolean): JsonObject {
  if (isShown === false) return { display: 'omitted' }
  const isWanted = isShown === true || (summary !== undefined && summary !== 'none')
  return isAdaptive && isWanted ? { display: 'summarized' } : {}
}

function asEffort({ effort }: Reasoning): Effort {
  return effort === undefined || effort === 'none' ? 'medium' : effort
}

/** The effort that a wish to think stands for, also when it is counted in tokens; undefined leaves it to the model. */
export function effortOfReasoning({ effort, budgetTokens }: Reasoning): Reasoning['effort'] {
  if (effort !== undefined || budgetTokens === undefined) return effort
  if (budgetTokens === 0) return 'none'
  if (budgetTokens <= budgetOf.low) return 'low'
  if (budgetTokens <= budgetOf.medium) return 'medium'
  return budgetTokens <= budgetOf.high ? 'high' : 'max'
}
