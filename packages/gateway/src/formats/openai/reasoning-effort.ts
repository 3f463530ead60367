import type { WriteOptions } from '../../neutral/codec.ts'
import type { Reasoning } from '../../neutral/neutral-request.ts'

export type Effort = NonNullable<Reasoning['effort']>

const efforts: ReadonlySet<unknown> = new Set([
  'none',
  'minimal',
  'low',
  'medium',
  'high',
  'xhigh',
  'max',
] satisfies Effort[])

export function isEffort(value: unknown): value is Effort {
  return efforts.has(value)
}

/** The effort to ask for, also for formats that count thoughts in tokens; undefined leaves it to the model. */
export function effortOf(reasoning: Reasoning): Effort | undefined {
  const { effort, budgetTokens } = reasoning
  if (effort !== undefined || budgetTokens === undefined) return effort
  if (budgetTokens === 0) return 'none'
  if (budgetTokens <= 2048) return 'low'
  return budgetTokens <= 8192 ? 'medium' : 'high'
}

/** True when the client asked for thoughts that the model cannot have. */
export function lacksReasoning(reasoning: Reasoning, { abilities }: WriteOptions): boolean {
  if (abilities.reasoning !== 'none') return false
  const effort = effortOf(reasoning)
  return (effort !== undefined && effort !== 'none') || reasoning.isAdaptive === true
}
