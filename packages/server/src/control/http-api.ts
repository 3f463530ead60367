import {
  allRoutes,
  cancelJob,
  getJob,
  listJobs,
  retryJob,
  type getStatus,
  type OutputOf,
} from '@ratchet/contract'
import type { Hono } from 'hono'
import type { Config } from '../config.ts'
import { mountAccessRoutes } from '../features/access/index.ts'
import { mountAppsRoutes } from '../features/apps/index.ts'
import { mountCatalogRoutes } from '../features/catalog/index.ts'
import { mountCostPlansRoutes } from '../features/cost-plans/index.ts'
import { mountDatasetsRoutes } from '../features/datasets/index.ts'
import { mountDeploymentsRoutes } from '../features/deployments/index.ts'
import { mountEvaluationsRoutes } from '../features/evaluations/index.ts'
import { mountGatewayConfigRoutes } from '../features/gateway-config/index.ts'
import { mountGatewayStateRoutes } from '../features/gateway-state/index.ts'
import { mountGatewayTrafficRoutes } from '../features/gateway-traffic/index.ts'
import { mountInvocationsRoutes } from '../features/invocations/index.ts'
import { mountGatewayCacheRoutes } from '../features/gateway-cache/index.ts'
import { mountLimitsRoutes } from '../features/limits/index.ts'
import { mountRetrievalRoutes } from '../features/retrieval/index.ts'
import { mountSystemRoutes } from '../features/system/index.ts'
import { mountTracesRoutes } from '../features/traces/index.ts'
import { mountUsageRoutes } from '../features/usage/index.ts'
import type { DeadLetters } from '../platform/clickhouse/dead-letter.ts'
import { makeHttpApp, mount, type HttpApp } from '../platform/http/http-app.ts'
import { printOpenApi } from '../platform/http/print-openapi.ts'
import { serveConsole } from '../platform/http/serve-console.ts'
import type { Log } from '../platform/log.ts'
import { metricsContentType } from '../platform/metrics.ts'
import type { Features } from './features.ts'
import { makeControlMetrics } from './metrics.ts'

type Status = OutputOf<typeof getStatus>

export type ControlApiParts = {
  readonly config: Config
  readonly log: Log
  readonly features: Features
  readonly deadLetters: DeadLetters
  readonly status: () => Promise<Status>
  /** `/metrics` of the gateways, told apart by a label. */
  readonly gatewayFigures: () => Promise<string>
  readonly internal: Hono | undefined
  readonly consoleFolder: string
}

type Fetch = (request: Request, environment?: unknown) => Response | Promise<Response>

/** Everything that port 4700 answers: API, OpenAPI, health, metrics and the console. */
export async function makeControlApi(parts: ControlApiParts): Promise<Fetch> {
  const { config, features } = parts
  const api = makeHttpApp({
    authenticate: features.access.authenticate,
    log: parts.log,
    // Releases arrive as base64 in one body: 50 MB of files are 67 MB of text.
    bodyLimitBytes: Math.max(config.bodyLimitBytes, 72 * 1024 * 1024),
    requestTimeoutMs: config.requestTimeoutMs,
  })
  mountFeatures(api, parts)
  mountOperations(api, parts)
  if (parts.internal) api.hono.route('/', parts.internal)
  const fromConsole = await serveConsole(parts.consoleFolder)
  return async (request, environment) => {
    // The console answers every path of its own with its page, so what is not its own is asked first.
    const page = notConsole.test(new URL(request.url).pathname) ? undefined : await fromConsole(request)
    return page ?? api.hono.fetch(request, environment as object)
  }
}

const notConsole = /^\/(api|v1|internal|health|open|mcp)(\/|$)|^\/metrics$/

function mountFeatures(api: HttpApp, { features, status, deadLetters }: ControlApiParts): void {
  mountAccessRoutes(api, features.access)
  mountCatalogRoutes(api, features.catalog)
  mountGatewayConfigRoutes(api, features.gatewayConfig)
  mountGatewayStateRoutes(api, features.gatewayState)
  mountGatewayTrafficRoutes(api, features.gatewayTraffic)
  mountUsageRoutes(api, features.usage)
  mountCostPlansRoutes(api, features.costPlans)
  mountAppsRoutes(api, features.apps)
  mountDeploymentsRoutes(api, features.deployments)
  mountInvocationsRoutes(api, features.invocations)
  mountTracesRoutes(api, features.traces)
  mountDatasetsRoutes(api, features.datasets)
  mountEvaluationsRoutes(api, features.evaluations)
  mountRetrievalRoutes(api, features.retrieval)
  mountGatewayCacheRoutes(api, features.gatewayCache)
  mountLimitsRoutes(api, features.limits)
  const { jobs } = features
  mount(api, listJobs, ({ actor, query }) => jobs.list({ ...query, project: actor.project }))
  mount(api, getJob, async ({ actor, params }) => ({ job: await jobs.get(actor.project, params.id) }))
  mount(api, cancelJob, async ({ actor, params }) => ({ job: await jobs.cancel(actor.project, params.id) }))
  mount(api, retryJob, async ({ actor, params }) => ({ job: await jobs.retry(actor.project, params.id) }))
  mountSystemRoutes(api, {
    status,
    loopFacts: features.loopFacts,
    replay: async (signal) => {
      const { files, rows, failed } = await deadLetters.replay(features.traces.replayInsert, signal)
      return { files, rows, failed: [...failed] }
    },
  })
}

/** Health, metrics and the API's own description need no credential: they say nothing about anybody's data. */
function mountOperations(api: HttpApp, { config, features, status, gatewayFigures }: ControlApiParts): void {
  const openApi = printOpenApi(allRoutes, {
    title: 'Ratchet',
    version: config.version,
    description: 'Control plane of Ratchet. Model calls go to the gateway, which speaks OpenAI’s format.',
  })
  const own = makeControlMetrics(status, features.exportCounts)
  const metrics = async (): Promise<string> => (await Promise.all([own(), gatewayFigures()])).join('')
  api.hono.get('/api/v1/openapi.json', (context) => context.json(openApi))
  api.hono.get('/health/live', (context) =>
    context.json({ status: 'ok', process: 'control', pid: process.pid }),
  )
  api.hono.get('/health/ready', async (context) => {
    const { engines, processes } = await status()
    const isReady = engines.every((engine) => engine.ok)
    return context.json(
      {
        status: isReady ? 'ready' : 'unavailable',
        engines,
        processes: processes.map(({ name, state }) => ({ name, state })),
      },
      isReady ? 200 : 503,
    )
  })
  api.hono.get('/metrics', async (context) =>
    context.text(await metrics(), 200, { 'content-type': metricsContentType }),
  )
}
