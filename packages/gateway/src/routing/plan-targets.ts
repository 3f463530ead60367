import type { CascadeCheck } from '@ratchet/contract'
import type { RequestFacts } from '@ratchet/core/conditions'
import type { CompiledPool, CompiledRoute, CompiledTarget } from './compiled-route.ts'
import { orderPool, type OrderContext } from './order-pool.ts'

/*
 * For the pipeline:
 *
 *   const plan = planTargets(route, facts, { health, nowMs: performance.now(), random: Math.random, credentialsReadyAtMs })
 *   const walk = new PlanWalk(plan)                      // walk-plan.ts; skips what broke meanwhile
 *   const health = registry.of(target.healthKey, nowMs)
 *   const ticket = health.begin(nowMs)                   // then succeeded, failed or cancelled, exactly once
 *   const credential = rings.of(target.connection).pick(target.model, nowMs)
 *   on a failure: classify-failure.ts, then next-step.ts says retry, next target or give up
 *
 * A plan without candidates means that no target applies: answer `model_not_found`, saying `plan.branch`.
 */

/** One target in the order in which it is tried. */
export type Candidate = {
  readonly target: CompiledTarget
  /** Why it stands where it stands: "rule gold, weighted 70 %", "fallback", "last: breaker open for 4 s". */
  readonly reason: string
  /** False: its breaker is open or its credentials rest; it is tried only when nobody else is left. */
  readonly isReady: boolean
  /** Its answer must pass the route's cascade checks; otherwise the next candidate is asked. */
  readonly isChecked: boolean
}

export type Plan = {
  readonly route: CompiledRoute
  /** Which part of the route decided: "targets", "rule gold", "worth 12 >= 10: high", "cascade". */
  readonly branch: string
  /** No model twice; ready ones first. */
  readonly candidates: readonly Candidate[]
  readonly checks: readonly CascadeCheck[]
}

export type PlanContext = OrderContext

/**
 * Decides whom to ask, and who is asked after that. The first rule that holds decides alone, because rules keep
 * requests away from models, too. Otherwise worth or the cascade comes first, and the route's other targets are
 * fallbacks. Targets with an open breaker go to the end, not away: when all are open the least bad one is tried.
 */
export function planTargets(route: CompiledRoute, facts: RequestFacts, context: PlanContext): Plan {
  const { rules, worth, cascade, pool } = route
  for (const rule of rules) {
    if (!rule.when(facts)) continue
    const branch = `rule ${rule.name}`
    return makePlan({ route, branch, prefix: `${branch}, `, pools: [rule.pool], facts, context })
  }
  if (worth !== undefined) {
    let points = 0
    for (const part of worth.points) if (part.when(facts)) points += part.points
    const isHigh = points >= worth.threshold
    const branch = `worth ${points} ${isHigh ? '>=' : '<'} ${worth.threshold}: ${isHigh ? 'high' : 'low'}`
    const pools = isHigh ? [worth.high, worth.low, pool] : [worth.low, worth.high, pool]
    return makePlan({ route, branch, prefix: `${branch}, `, pools, facts, context })
  }
  if (cascade !== undefined) {
    return makePlan({
      route,
      branch: 'cascade',
      prefix: 'cascade, ',
      pools: [cascade.steps, pool],
      facts,
      context,
    })
  }
  return makePlan({ route, branch: 'targets', prefix: '', pools: [pool], facts, context })
}

/**
 * What of a plan may change the answer, for the key of a cache: the route as it is written, the part of it that
 * decided, and the models that apply. Which of them are healthy, and whose turn it is, is left out.
 */
export function answerScope(plan: Plan): string {
  const { route, branch, candidates } = plan
  const names = candidates.map(({ target }) => target.name).toSorted()
  // Points differ from request to request; only the side they led to matters.
  const part = branch.startsWith('worth') ? branch.slice(branch.lastIndexOf(':') + 2) : branch
  return JSON.stringify([route.name, route.fingerprint, part, ...names])
}

/** The sentence for the span of an attempt; `previous` is what made it necessary. */
export function describeAttempt(
  candidate: Candidate,
  previous?: { readonly target: CompiledTarget; readonly failure: string },
): string {
  if (previous === undefined) return candidate.reason
  if (previous.target === candidate.target) return `again after ${previous.failure}`
  return `after ${previous.failure} at ${previous.target.name}: ${candidate.reason}`
}

type PlanParts = {
  readonly route: CompiledRoute
  readonly branch: string
  readonly prefix: string
  /** The first is asked; the others hold fallbacks. */
  readonly pools: readonly CompiledPool[]
  readonly facts: RequestFacts
  readonly context: PlanContext
}

type Draft = { readonly target: CompiledTarget; readonly reason: string; readonly isStep: boolean }

function makePlan({ route, branch, prefix, pools, facts, context }: PlanParts): Plan {
  const cascade = branch === 'cascade' ? route.cascade : undefined
  const ready: Draft[] = []
  const late: (Draft & { readonly readyAtMs: number })[] = []
  const isPlanned = (target: CompiledTarget) => ready.some(sameAs(target)) || late.some(sameAs(target))
  for (const pool of pools) {
    for (const { target, reason } of orderPool(pool, facts, context)) {
      if (isPlanned(target)) continue
      const isStep = pool === cascade?.steps
      const readyAtMs = readyAt(target, context)
      if (readyAtMs <= context.nowMs) {
        const why = isStep ? `step ${ready.length + 1}` : reason
        const isChosen = isStep || (ready.length === 0 && pool === pools[0])
        ready.push({ target, isStep, reason: isChosen ? prefix + why : 'fallback' })
      } else late.push({ target, isStep, readyAtMs, reason: describeLate(target, readyAtMs, context) })
    }
  }
  late.sort((a, b) => a.readyAtMs - b.readyAtMs)
  const lastStep = ready.findLastIndex(({ isStep }) => isStep)
  const candidates = [
    ...ready.map(({ target, reason, isStep }, index) => ({
      target,
      reason,
      isReady: true,
      isChecked: isStep && index < lastStep,
    })),
    ...late.map(({ target, reason }) => ({ target, reason, isReady: false, isChecked: false })),
  ]
  return { route, branch, candidates, checks: cascade?.checks ?? noChecks }
}

const noChecks: readonly CascadeCheck[] = []

/** The same model with other parameters would fail as the first did. */
function sameAs(target: CompiledTarget): (draft: Draft) => boolean {
  return (draft) => draft.target.name === target.name
}

/** When a target may be asked: its breaker, and its credentials. */
export function readyAt(target: CompiledTarget, context: PlanContext): number {
  const { health, nowMs, credentialsReadyAtMs } = context
  const breaker = health.readyAtMs(target.healthKey, nowMs)
  return credentialsReadyAtMs === undefined ? breaker : Math.max(breaker, credentialsReadyAtMs(target, nowMs))
}

function describeLate(target: CompiledTarget, readyAtMs: number, context: PlanContext): string {
  const seconds = Math.ceil((readyAtMs - context.nowMs) / 1000)
  const state = context.health.peek(target.healthKey)?.state ?? 'closed'
  return state === 'closed' ? `last: resting for ${seconds} s` : `last: breaker ${state}, ${seconds} s to go`
}
