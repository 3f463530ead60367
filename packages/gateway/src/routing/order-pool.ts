import type { ModelPrice } from '@ratchet/contract'
import type { RequestFacts } from '@ratchet/core/conditions'
import type { CompiledPool, CompiledTarget } from './compiled-route.ts'
import { hashPair, hashText } from './hash-text.ts'
import type { HealthRegistry } from './health/health-registry.ts'
import type { TargetHealth } from './health/target-health.ts'

export type OrderContext = {
  readonly health: HealthRegistry
  /** `performance.now()`: a clock that never goes back. */
  readonly nowMs: number
  /** From 0 to below 1. */
  readonly random: () => number
  /** When the connection has a credential to call this target with; absent: always. */
  readonly credentialsReadyAtMs?: (target: CompiledTarget, nowMs: number) => number
  /** Expected length of the answer, for the strategy `cost`; default 400. */
  readonly outputTokens?: number
}

export type OrderedTarget = { readonly target: CompiledTarget; readonly reason: string }

/** The targets of a pool that apply to the request, in the order of its strategy; health decides about order only. */
export function orderPool(
  pool: CompiledPool,
  facts: RequestFacts,
  context: OrderContext,
): readonly OrderedTarget[] {
  const targets = pool.targets.filter(({ when }) => when === undefined || when(facts))
  if (pool.strategy === 'ordered' || targets.length < 2) return targets.map(inOrder)
  const reserve = targets.filter(({ weight }) => weight === 0)
  const hasReserve = reserve.length > 0 && reserve.length < targets.length
  if (!hasReserve) return chooseAmong({ pool, targets, facts, context })
  const choice = targets.filter(({ weight }) => weight !== 0)
  const first = chooseAmong({ pool, targets: choice, facts, context })
  return [...first, ...reserve.map((target) => ({ target, reason: 'fallback' }))]
}

/** By the strategy of a pool, among those of its targets that are not just fallbacks. */
function chooseAmong(parts: {
  pool: CompiledPool
  targets: readonly CompiledTarget[]
  facts: RequestFacts
  context: OrderContext
}): OrderedTarget[] {
  const { pool, targets, facts, context } = parts
  if (targets.length < 2) return targets.map(inOrder)
  const stickyKey = pool.sticky === 'none' ? '' : pool.sticky === 'session' ? facts.session : facts.user
  if (stickyKey !== '') return orderSticky(pool, targets, stickyKey)
  if (pool.strategy === 'weighted') return orderByWeight(targets, context.random)
  if (pool.strategy === 'cost') return orderByCost(targets, facts, context.outputTokens ?? usualOutputTokens)
  const measure = pool.strategy === 'load' ? loadOf : facts.stream ? firstTokenOf : totalOf
  return orderByTwoChoices(measure, targets, context)
}

const usualOutputTokens = 400

function inOrder(target: CompiledTarget, index: number): OrderedTarget {
  return { target, reason: index === 0 ? 'first in order' : 'fallback' }
}

/**
 * Exponential times with the weights as rates: the first one is drawn by weight, and so is the first among those that
 * are left when some cannot be asked, whichever these are.
 */
function orderByWeight(targets: readonly CompiledTarget[], random: () => number): OrderedTarget[] {
  const total = totalWeight(targets)
  return sortByScore(
    targets,
    ({ weight }) => waitingTime(1 - random(), weight),
    (target) => `weighted ${share(target.weight, total)} %`,
  )
}

/**
 * Rendezvous hashing: each target draws from the session's own name, so a session keeps its target, moves alone when
 * that one leaves, and comes back with it. Weights count as in a draw by chance.
 */
function orderSticky(
  pool: CompiledPool,
  targets: readonly CompiledTarget[],
  stickyKey: string,
): OrderedTarget[] {
  const hash = hashText(stickyKey)
  const isWeighted = pool.strategy === 'weighted'
  const reason = `the ${pool.sticky} stays`
  return sortByScore(
    targets,
    (target) => waitingTime(hashPair(hash, target.hash), isWeighted ? target.weight : 1),
    () => reason,
  )
}

function orderByCost(
  targets: readonly CompiledTarget[],
  facts: RequestFacts,
  outputTokens: number,
): OrderedTarget[] {
  const { inputTokens } = facts
  return sortByScore(
    targets,
    ({ price }) => estimateNano(price, inputTokens, outputTokens),
    ({ price }) => {
      const nano = estimateNano(price, inputTokens, outputTokens)
      return nano === Number.POSITIVE_INFINITY
        ? 'no known price'
        : `cheapest, about ${(nano / 1e9).toPrecision(2)} USD`
    },
  )
}

/** Share of requests that go to a target by chance, so that one that was slow once is measured again. */
const explorationShare = 0.05

/** What two targets are compared by; less is better. */
type Measure = (known: TargetHealth | undefined) => number

/** The better of two that are drawn among those that can be asked: no crowd runs to the one that looks best. */
function orderByTwoChoices(
  measure: Measure,
  targets: readonly CompiledTarget[],
  context: OrderContext,
): OrderedTarget[] {
  const { health, random } = context
  const score = ({ healthKey }: CompiledTarget) => measure(health.peek(healthKey))
  const isLoad = measure === loadOf
  const ranked = sortByScore(targets, score, (target) => describeMeasure(isLoad, score(target)))
  const choices = ranked.filter(({ target }) => isReady(target, context))
  const one = draw(choices, random)
  if (one === undefined || choices.length < 2) return ranked
  if (!isLoad && random() < explorationShare) return moveFirst(ranked, { ...one, reason: 'measured again' })
  const other = draw(
    choices.filter((choice) => choice !== one),
    random,
  )
  if (other === undefined) return ranked
  const [a, b] = [score(one.target), score(other.target)]
  return moveFirst(ranked, a < b || (a === b && random() < 0.5) ? one : other)
}

function isReady(target: CompiledTarget, context: OrderContext): boolean {
  const { health, nowMs, credentialsReadyAtMs } = context
  if (health.readyAtMs(target.healthKey, nowMs) > nowMs) return false
  return credentialsReadyAtMs === undefined || credentialsReadyAtMs(target, nowMs) <= nowMs
}

function loadOf(known: TargetHealth | undefined): number {
  return known?.inFlight ?? 0
}

function firstTokenOf(known: TargetHealth | undefined): number {
  return known?.firstToken.valueMs ?? unmeasured(known)
}

/** Of whole answers, for calls that do not stream. */
function totalOf(known: TargetHealth | undefined): number {
  return known?.total.valueMs ?? unmeasured(known)
}

/** One call finds out how fast a new target is; until then the others go where it is known. */
function unmeasured(known: TargetHealth | undefined): number {
  return loadOf(known) === 0 ? 0 : Number.POSITIVE_INFINITY
}

function describeMeasure(isLoad: boolean, value: number): string {
  if (isLoad) return `less busy of two, ${value} running`
  return value === 0 || value === Number.POSITIVE_INFINITY
    ? 'not measured yet'
    : `faster of two, ${Math.round(value)} ms`
}

function moveFirst(ranked: readonly OrderedTarget[], first: OrderedTarget): OrderedTarget[] {
  return [first, ...ranked.filter(({ target }) => target !== first.target)]
}

function draw<Item>(items: readonly Item[], random: () => number): Item | undefined {
  return items[Math.floor(random() * items.length)]
}

function sortByScore(
  targets: readonly CompiledTarget[],
  score: (target: CompiledTarget) => number,
  reason: (target: CompiledTarget) => string,
): OrderedTarget[] {
  return targets
    .map((target) => ({ target, reason: reason(target), score: score(target) }))
    .sort((a, b) => (a.score === b.score ? 0 : a.score - b.score))
}

/** `chance` above 0. Weight 0 waits for ever, so it comes after all others, in the order it was written. */
function waitingTime(chance: number, weight: number): number {
  return weight <= 0 ? Number.POSITIVE_INFINITY : -Math.log(chance) / weight
}

function totalWeight(targets: readonly CompiledTarget[]): number {
  let total = 0
  for (const { weight } of targets) total += weight
  return total
}

function share(weight: number, total: number): number {
  return total === 0 ? 0 : Math.round((weight / total) * 1000) / 10
}

/** Only for comparing; what is charged is computed exactly elsewhere. */
function estimateNano(price: ModelPrice | undefined, inputTokens: number, outputTokens: number): number {
  if (price === undefined) return Number.POSITIVE_INFINITY
  return (inputTokens * price.inputNano + outputTokens * price.outputNano) / 1e6
}
