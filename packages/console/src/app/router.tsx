import { type GuardrailPlace, guardrailPlaces, type Job, jobState } from '@ratchet/contract'
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  retainSearchParams,
  type RouterHistory,
} from '@tanstack/react-router'
import { type AppTab, appTabs } from '../features/apps/app-tabs.ts'
import { type CostRange, costRangeNames } from '../features/gateway/costs/cost-range.ts'
import { type CostGrouping, costGroupingNames } from '../features/gateway/costs/group-name.ts'
import { readPlanSearch } from '../features/gateway/planner/plan-search.ts'
import { type PriceState, priceStates } from '../features/gateway/prices/price-states.ts'
import { NotFound } from './not-found.tsx'
import { PageError } from './page-error.tsx'
import { optionalOneOf, optionalText, parseSearch, printSearch } from './search-params.ts'
import { Shell } from './shell.tsx'

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: PageError,
  validateSearch: (search): { env?: string; project?: string } => ({
    env: optionalText(search['env']),
    project: optionalText(search['project']),
  }),
  search: { middlewares: [retainSearchParams(['env', 'project'])] },
})

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('../features/home/home-page.tsx'), 'HomePage'),
})

const apps = createRoute({
  getParentRoute: () => root,
  path: '/apps',
  component: lazyRouteComponent(() => import('../features/apps/apps-page.tsx'), 'AppsPage'),
})

const app = createRoute({
  getParentRoute: () => root,
  path: '/apps/$app',
  validateSearch: (search): { tab?: AppTab; release?: string; file?: string; line?: string } => ({
    tab: optionalOneOf(search['tab'], appTabs),
    release: optionalText(search['release']),
    file: optionalText(search['file']),
    line: optionalText(search['line']),
  }),
  component: lazyRouteComponent(() => import('../features/apps/app-page.tsx'), 'AppPage'),
})

const playground = createRoute({
  getParentRoute: () => root,
  path: '/playground',
  validateSearch: (search): { model?: string; ask?: string } => ({
    model: optionalText(search['model']),
    ask: optionalText(search['ask']),
  }),
  component: lazyRouteComponent(() => import('../features/playground/playground-page.tsx'), 'PlaygroundPage'),
})

const traces = createRoute({
  getParentRoute: () => root,
  path: '/traces',
  validateSearch: (
    search,
  ): {
    q?: string
    range?: string
    from?: string
    to?: string
    trace?: string
    span?: string
    live?: string
  } => ({
    q: optionalText(search['q']),
    range: optionalText(search['range']),
    from: optionalText(search['from']),
    to: optionalText(search['to']),
    trace: optionalText(search['trace']),
    span: optionalText(search['span']),
    live: optionalText(search['live']),
  }),
  component: lazyRouteComponent(() => import('../features/traces/traces-page.tsx'), 'TracesPage'),
})

const trace = createRoute({
  getParentRoute: () => root,
  path: '/traces/$traceId',
  validateSearch: (search): { span?: string } => ({ span: optionalText(search['span']) }),
  component: lazyRouteComponent(() => import('../features/traces/trace-page.tsx'), 'TracePage'),
})

const evaluations = createRoute({
  getParentRoute: () => root,
  path: '/evaluations',
  validateSearch: (search): { pick?: string } => ({ pick: optionalText(search['pick']) }),
  component: lazyRouteComponent(
    () => import('../features/evaluations/evaluations-page.tsx'),
    'EvaluationsPage',
  ),
})

const compare = createRoute({
  getParentRoute: () => root,
  path: '/evaluations/compare',
  validateSearch: (search): { a?: string; b?: string; item?: string } => ({
    a: optionalText(search['a']),
    b: optionalText(search['b']),
    item: optionalText(search['item']),
  }),
  component: lazyRouteComponent(
    () => import('../features/evaluations/compare/compare-page.tsx'),
    'ComparePage',
  ),
})

const evaluation = createRoute({
  getParentRoute: () => root,
  path: '/evaluations/$id',
  validateSearch: (search): { item?: string; failed?: 'true' } => ({
    item: optionalText(search['item']),
    failed: optionalOneOf(search['failed'], ['true']),
  }),
  component: lazyRouteComponent(
    () => import('../features/evaluations/evaluation-page.tsx'),
    'EvaluationPage',
  ),
})

const jobs = createRoute({
  getParentRoute: () => root,
  path: '/jobs',
  validateSearch: (search): { state?: Job['state']; job?: string } => ({
    state: optionalOneOf(search['state'], jobState.options),
    job: optionalText(search['job']),
  }),
  component: lazyRouteComponent(() => import('../features/jobs/jobs-page.tsx'), 'JobsPage'),
})

const gateway = createRoute({
  getParentRoute: () => root,
  path: '/gateway',
  beforeLoad: () => {
    throw redirect({ to: '/gateway/models' })
  },
})
const models = createRoute({
  getParentRoute: () => root,
  path: '/gateway/models',
  validateSearch: (
    search,
  ): { view?: 'models'; connection?: string; q?: string; can?: string; of?: string; add?: 'true' } => ({
    view: optionalOneOf(search['view'], ['models']),
    connection: optionalText(search['connection']),
    q: optionalText(search['q']),
    can: optionalText(search['can']),
    of: optionalText(search['of']),
    add: optionalOneOf(search['add'], ['true']),
  }),
  component: lazyRouteComponent(() => import('../features/gateway/models/models-page.tsx'), 'ModelsPage'),
})

const routes = createRoute({
  getParentRoute: () => root,
  path: '/gateway/routes',
  validateSearch: (search): { add?: 'true'; history?: 'true'; version?: string } => ({
    add: optionalOneOf(search['add'], ['true']),
    history: optionalOneOf(search['history'], ['true']),
    version: optionalText(search['version']),
  }),
  component: lazyRouteComponent(() => import('../features/gateway/routes/routes-page.tsx'), 'RoutesPage'),
})
const route = createRoute({
  getParentRoute: () => root,
  path: '/gateway/routes/$name',
  validateSearch: (search): { edit?: 'form' | 'text' } => ({
    edit: optionalOneOf(search['edit'], ['form', 'text']),
  }),
  component: lazyRouteComponent(() => import('../features/gateway/routes/route-page.tsx'), 'RoutePage'),
})

const limits = createRoute({
  getParentRoute: () => root,
  path: '/gateway/limits',
  validateSearch: (search): { open?: string; add?: 'limit' | 'budget'; edit?: 'true' } => ({
    open: optionalText(search['open']),
    add: optionalOneOf(search['add'], ['limit', 'budget']),
    edit: optionalOneOf(search['edit'], ['true']),
  }),
  component: lazyRouteComponent(() => import('../features/gateway/limits/limits-page.tsx'), 'LimitsPage'),
})
const guardrails = createRoute({
  getParentRoute: () => root,
  path: '/gateway/guardrails',
  validateSearch: (search): { guardrail?: string; edit?: 'true'; try?: string; place?: GuardrailPlace } => ({
    guardrail: optionalText(search['guardrail']),
    edit: optionalOneOf(search['edit'], ['true']),
    try: optionalText(search['try']),
    place: optionalOneOf(search['place'], guardrailPlaces),
  }),
  component: lazyRouteComponent(
    () => import('../features/gateway/guardrails/guardrails-page.tsx'),
    'GuardrailsPage',
  ),
})

const costs = createRoute({
  getParentRoute: () => root,
  path: '/gateway/costs',
  validateSearch: (search): { by?: CostGrouping; range?: CostRange } => ({
    by: optionalOneOf(search['by'], costGroupingNames),
    range: optionalOneOf(search['range'], costRangeNames),
  }),
  component: lazyRouteComponent(() => import('../features/gateway/costs/costs-page.tsx'), 'CostsPage'),
})

const prices = createRoute({
  getParentRoute: () => root,
  path: '/gateway/prices',
  validateSearch: (search): { model?: string; q?: string; of?: PriceState; add?: 'true' } => ({
    model: optionalText(search['model']),
    q: optionalText(search['q']),
    of: optionalOneOf(search['of'], priceStates),
    add: optionalOneOf(search['add'], ['true']),
  }),
  component: lazyRouteComponent(() => import('../features/gateway/prices/prices-page.tsx'), 'PricesPage'),
})
const planner = createRoute({
  getParentRoute: () => root,
  path: '/gateway/planner',
  validateSearch: readPlanSearch,
  component: lazyRouteComponent(() => import('../features/gateway/planner/planner-page.tsx'), 'PlannerPage'),
})

const config = createRoute({
  getParentRoute: () => root,
  path: '/gateway/config',
  validateSearch: (search): { history?: 'true'; version?: string } => ({
    history: optionalOneOf(search['history'], ['true']),
    version: optionalText(search['version']),
  }),
  component: lazyRouteComponent(() => import('../features/gateway/config/config-page.tsx'), 'ConfigPage'),
})

const cache = createRoute({
  getParentRoute: () => root,
  path: '/gateway/cache',
  validateSearch: (search): { days?: string; clear?: 'true' } => ({
    days: optionalText(search['days']),
    clear: optionalOneOf(search['clear'], ['true']),
  }),
  component: lazyRouteComponent(() => import('../features/gateway/cache/cache-page.tsx'), 'CachePage'),
})

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  beforeLoad: () => {
    throw redirect({ to: '/settings/keys' })
  },
})
const keys = createRoute({
  getParentRoute: () => root,
  path: '/settings/keys',
  validateSearch: (search): { create?: 'true'; key?: string; q?: string } => ({
    create: optionalOneOf(search['create'], ['true']),
    key: optionalText(search['key']),
    q: optionalText(search['q']),
  }),
  component: lazyRouteComponent(() => import('../features/settings/keys-page.tsx'), 'KeysPage'),
})
const connections = createRoute({
  getParentRoute: () => root,
  path: '/settings/connections',
  beforeLoad: () => {
    throw redirect({ to: '/gateway/models' })
  },
})
const system = createRoute({
  getParentRoute: () => root,
  path: '/settings/system',
  component: lazyRouteComponent(() => import('../features/settings/system-page.tsx'), 'SystemPage'),
})

const pages = [
  home,
  apps,
  app,
  playground,
  traces,
  trace,
  evaluations,
  compare,
  evaluation,
  jobs,
  gateway,
  models,
  costs,
  prices,
  planner,
  config,
  routes,
  route,
  limits,
  guardrails,
  cache,
  settings,
  keys,
  connections,
  system,
] as const

/** Every part of the design system on one page; only in development (the condition is constant in a build). */
const design = import.meta.env.DEV
  ? createRoute({
      getParentRoute: () => root,
      path: '/design',
      component: lazyRouteComponent(() => import('../features/design/design-page.tsx'), 'DesignPage'),
    })
  : undefined

/** All pages. Each is its own chunk, loaded when first opened (or when its link is hovered). */
export function makeRouter(history?: RouterHistory) {
  return createRouter({
    routeTree: root.addChildren(design === undefined ? [...pages] : [...pages, design]),
    history,
    parseSearch,
    stringifySearch: printSearch,
    defaultPreload: 'intent',
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
