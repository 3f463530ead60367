import type { CascadeCheck, ModelRoute, RoutePool } from '@ratchet/contract'
import { conditionWords } from './condition-words.ts'

/** A box of the picture: the alias, something that decides, or a target. */
export type RouteNode =
  | { readonly id: string; readonly kind: 'alias'; readonly name: string; readonly detail: string }
  | { readonly id: string; readonly kind: 'decision'; readonly name: string; readonly detail: string }
  | {
      readonly id: string
      readonly kind: 'target'
      readonly model: string
      /** Its share or its turn: `90 %`, `1st`, `fallback`. */
      readonly turn: string
      readonly when: string | undefined
    }
export type RouteEdge = {
  readonly from: string
  readonly to: string
  readonly label: string
  /** Taken only when what comes first fails. */
  readonly isFallback: boolean
}
export type RouteGraph = { readonly nodes: readonly RouteNode[]; readonly edges: readonly RouteEdge[] }

/** A route as a graph: alias, then rules, worth and cascade in the order in which they decide, then targets. */
export function toRouteGraph(route: ModelRoute): RouteGraph {
  const nodes: RouteNode[] = [{ id: 'alias', kind: 'alias', name: route.name, detail: aliasDetail(route) }]
  const edges: RouteEdge[] = []
  const decide = (id: string, name: string, detail: string, label: string): void => {
    nodes.push({ id, kind: 'decision', name, detail })
    edges.push({ from: 'alias', to: id, label, isFallback: false })
  }
  const addPool = (
    from: string,
    pool: Pick<RoutePool, 'strategy' | 'targets'>,
    label = '',
    isLast = false,
  ): void => {
    const total = pool.targets.reduce((sum, { weight }) => sum + weight, 0)
    for (const [index, target] of pool.targets.entries()) {
      const id = `${from}/${label}${String(index)}`
      const turn = turnOf(pool, index, total)
      const when = target.when === undefined ? undefined : conditionWords(target.when)
      nodes.push({ id, kind: 'target', model: target.model, turn, when })
      const isFallback = isLast || target.weight === 0 || (pool.strategy === 'ordered' && index > 0)
      edges.push({ from, to: id, label: index === 0 ? label : '', isFallback })
    }
  }
  for (const [index, rule] of route.rules.entries()) {
    const id = `rule${String(index)}`
    decide(
      id,
      rule.name ?? `Rule ${String(index + 1)}`,
      conditionWords(rule.when),
      `${ordinal(index)} that holds`,
    )
    addPool(id, rule)
  }
  const otherwise = route.rules.length > 0 ? 'otherwise' : ''
  if (route.worth !== undefined) {
    const { points, threshold, high, low } = route.worth
    const detail = points.map((each) => `${signed(each.points)} when ${conditionWords(each.when)}`).join('; ')
    decide('worth', 'Worth', detail, otherwise)
    addPool('worth', high, `from ${String(threshold)} points`)
    addPool('worth', low, 'below')
  }
  // With worth, the gateway does not look at the cascade.
  if (route.cascade !== undefined && route.worth === undefined) {
    const { steps, checks } = route.cascade
    decide('cascade', 'Cascade', `checks ${checks.map(checkWords).join(', ')}`, otherwise)
    for (const [index, model] of steps.entries()) {
      const id = `cascade/${String(index)}`
      const turn = index === 0 ? 'first' : `then ${ordinal(index)}`
      nodes.push({ id, kind: 'target', model, turn, when: undefined })
      const from = index === 0 ? 'cascade' : `cascade/${String(index - 1)}`
      edges.push({ from, to: id, label: index === 0 ? '' : 'check fails', isFallback: index > 0 })
    }
  }
  const isLast = route.worth !== undefined || route.cascade !== undefined
  addPool('alias', route, isLast ? 'when all of these fail' : otherwise, isLast)
  return { nodes, edges }
}

/** Every model that a route may ask, once. */
export function modelsOf(route: ModelRoute): readonly string[] {
  const graph = toRouteGraph(route)
  return [...new Set(graph.nodes.flatMap((node) => (node.kind === 'target' ? node.model : [])))]
}

const strategyWords: Readonly<Record<ModelRoute['strategy'], string>> = {
  ordered: 'in order',
  weighted: 'by weight',
  latency: 'fastest first',
  cost: 'cheapest first',
  load: 'least busy first',
}

/** How a route chooses, in a few words. */
export function shapeWords(route: ModelRoute): string {
  const parts = [
    ...(route.rules.length > 0
      ? [`${String(route.rules.length)} ${route.rules.length === 1 ? 'rule' : 'rules'}`]
      : []),
    ...(route.worth === undefined ? [] : ['worth']),
    ...(route.cascade === undefined ? [] : ['cascade']),
    ...(route.targets.length === 1 ? ['1 target'] : []),
    ...(route.targets.length > 1
      ? [`${String(route.targets.length)} targets ${strategyWords[route.strategy]}`]
      : []),
  ]
  return parts.join(', ')
}

function aliasDetail(route: ModelRoute): string {
  const parts = [
    strategyWords[route.strategy],
    ...(route.sticky === 'none' ? [] : [`sticky by ${route.sticky}`]),
    ...(route.hedgeAfterMs === undefined ? [] : [`hedged after ${String(route.hedgeAfterMs)} ms`]),
    ...(route.cache === undefined ? [] : [`cache ${route.cache}`]),
    ...(route.guardrails.length === 0 ? [] : [`guardrails ${route.guardrails.join(', ')}`]),
  ]
  return parts.join(', ')
}

function turnOf(pool: Pick<RoutePool, 'strategy' | 'targets'>, index: number, total: number): string {
  const weight = pool.targets[index]?.weight ?? 0
  if (weight === 0) return 'fallback only'
  if (pool.targets.length === 1) return 'always'
  if (pool.strategy === 'weighted') return `${String(Math.round((weight / total) * 1000) / 10)} %`
  if (pool.strategy === 'ordered') return index === 0 ? '1st' : `${ordinal(index)}, on failure`
  return strategyWords[pool.strategy]
}

function ordinal(index: number): string {
  return ['1st', '2nd', '3rd'][index] ?? `${String(index + 1)}th`
}

function signed(points: number): string {
  return points < 0 ? `−${String(-points)}` : `+${String(points)}`
}

function checkWords(check: CascadeCheck): string {
  switch (check.type) {
    case 'schema':
      return 'the schema'
    case 'refusal':
      return 'refusals'
    case 'min-length':
      return `at least ${String(check.characters)} characters`
    case 'confidence':
      return `confidence from ${String(check.minimum)}`
    case 'judge':
      return `judge ${check.model} from ${String(check.minimum)}`
  }
}
