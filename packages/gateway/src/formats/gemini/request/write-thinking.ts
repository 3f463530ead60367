import type { Reasoning } from '../../../neutral/neutral-request.ts'
import { leaveOut } from '../../../neutral/errors/unsupported.ts'
import type { JsonObject } from '../../parse-json.ts'
import type { RequestWriting } from './write-messages.ts'

type Effort = NonNullable<Reasoning['effort']>

/** Google's own table for the words of OpenAI's API. */
const budgets: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
}

const levels: Readonly<Record<Effort, string>> = {
  none: 'MINIMAL',
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  xhigh: 'HIGH',
  max: 'HIGH',
}

/** `thinkingConfig`, in tokens or in words, whichever the model knows; undefined when there is nothing to say. */
export function writeThinking(writing: RequestWriting): JsonObject | undefined {
  const { request, options } = writing
  const { reasoning } = request
  if (reasoning === undefined) return undefined
  const kind = options.abilities.reasoning ?? (reasoning.effort === undefined ? 'budget' : 'level')
  if (kind === 'none') {
    const isWanted = reasoning.budgetTokens !== undefined || (reasoning.effort ?? 'none') !== 'none'
    if (isWanted) leaveOut(writing, 'reasoning_effort')
    return undefined
  }
  const amount =
    kind === 'budget' ? writeBudget(reasoning, request.maxOutputTokens) : writeLevel(reasoning, writing)
  const shown = reasoning.isShown === undefined ? {} : { includeThoughts: reasoning.isShown }
  const config = { ...amount, ...shown }
  return Object.keys(config).length === 0 ? undefined : config
}

/** Thoughts count as output, so a budget must leave room for an answer. */
function writeBudget(reasoning: Reasoning, maxOutputTokens = Number.POSITIVE_INFINITY): JsonObject {
  const { effort, budgetTokens } = reasoning
  if (budgetTokens !== undefined)
    return { thinkingBudget: Math.max(0, Math.min(budgetTokens, maxOutputTokens - 1)) }
  if (reasoning.isAdaptive === true) return { thinkingBudget: -1 }
  if (effort === undefined) return {}
  return { thinkingBudget: Math.min(budgets[effort], Math.floor(maxOutputTokens / 2)) }
}

function writeLevel(reasoning: Reasoning, { options }: RequestWriting): JsonObject {
  const effort = reasoning.effort ?? effortOf(reasoning.budgetTokens)
  if (effort === undefined) return {}
  const level = levels[effort]
  const isRefused = options.abilities.refusedFields?.includes(`thinkingLevel.${level}`) === true
  // Models without the smallest level have the next one; nobody loses an answer over it.
  return { thinkingLevel: isRefused && level === 'MINIMAL' ? 'LOW' : level }
}

function effortOf(budgetTokens: number | undefined): Effort | undefined {
  if (budgetTokens === undefined) return undefined
  if (budgetTokens <= budgets.low) return 'low'
  return budgetTokens <= budgets.medium ? 'medium' : 'high'
}
