import {
  Activity,
  Blocks,
  Boxes,
  Calculator,
  DatabaseZap,
  FileCog,
  CircleDollarSign,
  FlaskConical,
  Gauge,
  House,
  type LucideIcon,
  ListChecks,
  MessageSquare,
  Route,
  Settings,
  ShieldCheck,
  Tags,
} from 'lucide-react'

export type Place = {
  readonly to:
    | '/'
    | '/apps'
    | '/playground'
    | '/traces'
    | '/evaluations'
    | '/gateway/models'
    | '/gateway/costs'
    | '/gateway/prices'
    | '/gateway/planner'
    | '/gateway/config'
    | '/gateway/routes'
    | '/gateway/limits'
    | '/gateway/guardrails'
    | '/gateway/cache'
    | '/jobs'
    | '/settings/keys'
  readonly label: string
  readonly icon: LucideIcon
  /** Second key after `g`. */
  readonly key: string
}

/** The navigation in the order of the loop. A page is listed when it exists. */
export const places: readonly { readonly group: string | undefined; readonly items: readonly Place[] }[] = [
  { group: undefined, items: [{ to: '/', label: 'Home', icon: House, key: 'h' }] },
  {
    group: 'Build',
    items: [
      { to: '/apps', label: 'Apps', icon: Blocks, key: 'a' },
      { to: '/playground', label: 'Playground', icon: MessageSquare, key: 'p' },
    ],
  },
  { group: 'Observe', items: [{ to: '/traces', label: 'Traces', icon: Activity, key: 't' }] },
  { group: 'Evaluate', items: [{ to: '/evaluations', label: 'Evaluations', icon: FlaskConical, key: 'e' }] },
  {
    group: 'Gateway',
    items: [
      { to: '/gateway/models', label: 'Models', icon: Boxes, key: 'm' },
      { to: '/gateway/routes', label: 'Routes', icon: Route, key: 'r' },
      { to: '/gateway/limits', label: 'Limits & budgets', icon: Gauge, key: 'l' },
      { to: '/gateway/guardrails', label: 'Guardrails', icon: ShieldCheck, key: 'u' },
      { to: '/gateway/cache', label: 'Cache', icon: DatabaseZap, key: 'k' },
      { to: '/gateway/costs', label: 'Costs', icon: CircleDollarSign, key: 'o' },
      { to: '/gateway/prices', label: 'Prices', icon: Tags, key: 'i' },
      { to: '/gateway/planner', label: 'Cost planner', icon: Calculator, key: 'n' },
      { to: '/gateway/config', label: 'Configuration', icon: FileCog, key: 'c' },
    ],
  },
  { group: 'Operate', items: [{ to: '/jobs', label: 'Jobs', icon: ListChecks, key: 'j' }] },
  { group: 'Govern', items: [{ to: '/settings/keys', label: 'Settings', icon: Settings, key: 's' }] },
]
