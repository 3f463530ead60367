import type { InvocationClaims, ReleaseBundle, RetrieveRequest, Source } from '@ratchet/contract'
import type { Config } from '../config.ts'
import { makeAccess, type Access } from '../features/access/index.ts'
import { makeApps, type Apps } from '../features/apps/index.ts'
import { makeBatches, makeLookAtBatch } from '../features/batches/index.ts'
import { connectionSecrets, makeCatalog, type Catalog } from '../features/catalog/index.ts'
import { makeCostPlans, type CostPlans } from '../features/cost-plans/index.ts'
import { makeDatasets, type Datasets } from '../features/datasets/index.ts'
import { makeDeployments, type Deployments } from '../features/deployments/index.ts'
import { makeEvaluations, runEvaluationJob, type Evaluations } from '../features/evaluations/index.ts'
import { makeGatewayCache, type GatewayCache } from '../features/gateway-cache/index.ts'
import { makeGatewayConfig, type GatewayConfigs } from '../features/gateway-config/index.ts'
import { makeGatewayStates, type GatewayStates } from '../features/gateway-state/index.ts'
import { makeGatewayTraffic, type GatewayTraffic } from '../features/gateway-traffic/index.ts'
import { makeInvocations, type Invocations } from '../features/invocations/index.ts'
import { makeLimits, makeSpanSpend, makeUnpricedCalls, type Limits } from '../features/limits/index.ts'
import { buildIndexJob, makeRetrieval, type Retrieval } from '../features/retrieval/index.ts'
import type { LoopFacts } from '../features/system/index.ts'
import { makeSpanExporter, readExportSettings, type ExportCounts } from '../features/span-export/index.ts'
import { makeTraces, type Traces } from '../features/traces/index.ts'
import { makeUsage, type Usage } from '../features/usage/index.ts'
import { makeBlobs } from '../platform/blobs/folder-blobs.ts'
import type { DeadLetters } from '../platform/clickhouse/dead-letter.ts'
import type { Clock } from '../platform/clock.ts'
import { newId } from '../platform/ids.ts'
import { openJobs, type Jobs } from '../platform/jobs/open-jobs.ts'
import type { Log } from '../platform/log.ts'
import type { MasterKey } from '../platform/secrets/master-key.ts'
import { makeSecretStore } from '../platform/secrets/secret-store.ts'
import { makeAskSocket } from './ask-gateway-socket.ts'
import type { Engines } from './engines.ts'
import { inspectApp } from './inspect-app.ts'
import { makeKeyUses } from './key-uses.ts'
import { peerAddress } from './listen.ts'
import type { SnapshotSources } from './snapshot-hub.ts'

export type FeatureParts = {
  readonly config: Config
  readonly log: Log
  readonly clock: Clock
  readonly engines: Engines
  readonly master: MasterKey
  readonly deadLetters: DeadLetters
  readonly blobFolder: string
  readonly url: string
  readonly gatewayUrl: string
  readonly cliKey: string
  readonly signToken: (claims: InvocationClaims) => string
}

/** Every feature, wired to its parts, and what control's own interfaces need of them. */
export type Features = {
  readonly access: Access
  readonly apps: Apps
  readonly catalog: Catalog
  readonly costPlans: CostPlans
  readonly datasets: Datasets
  readonly deployments: Deployments
  readonly evaluations: Evaluations
  readonly gatewayCache: GatewayCache
  readonly gatewayConfig: GatewayConfigs
  readonly gatewayState: GatewayStates
  readonly gatewayTraffic: GatewayTraffic
  readonly invocations: Invocations
  readonly jobs: Jobs
  readonly limits: Limits
  readonly retrieval: Retrieval
  readonly traces: Traces
  readonly usage: Usage
  /** Undefined when spans stay here. */
  readonly exportCounts: () => ExportCounts | undefined
  readonly snapshotSources: SnapshotSources
  readonly onChange: (listener: () => void) => void
  readonly ingest: Traces['ingest']
  readonly bundle: (project: string, digest: string) => Promise<ReleaseBundle>
  readonly retrieve: (
    project: string,
    environment: string,
    request: RetrieveRequest,
    signal: AbortSignal,
  ) => Promise<{ sources: Source[] }>
  readonly loopFacts: (project: string, signal: AbortSignal) => Promise<LoopFacts>
  /** Discovers providers and starts jobs; call when the gateway can be reached. */
  readonly start: () => Promise<void>
  /** Ends our own jobs; what they asked for is still there. */
  readonly stopWork: () => Promise<void>
  readonly stop: () => Promise<void>
}

const dayMs = 86_400_000

/** Makes every feature. The order is the order of their needs; late ones are reached through functions. */
export async function wireFeatures(parts: FeatureParts): Promise<Features> {
  const { config, log, clock, engines } = parts
  const { db } = engines.postgres
  const { clickhouse } = engines
  const stopping = new AbortController()
  const secrets = makeSecretStore({ db, master: parts.master, holders: [connectionSecrets], clock, newId })
  const blobs = makeBlobs(parts.blobFolder)
  const jobs = await openJobs({
    postgres: engines.postgres,
    definitions: [buildIndexJob, runEvaluationJob],
    log,
    clock,
    newId,
  })
  const access = makeAccess({
    db,
    clock,
    makeId: newId,
    version: config.version,
    consoleUrl: () => parts.url,
    gatewayUrl: () => parts.gatewayUrl,
    isPublic: config.isPublic,
    bootstrapKey: config.bootstrapKey,
    cliKey: parts.cliKey,
    addressOf: peerAddress,
    rotateSecrets: secrets.rotate,
  })
  const catalog = makeCatalog({
    db,
    clock,
    makeId: newId,
    log,
    secrets,
    environment: config.environment,
    discoverProviders: config.discoverProviders,
    deployedApps: (project, environment) => deployments.liveApps(project, environment),
    priceOverrides: async (project) => (await gatewayConfig.configOf(project)).prices,
    usesOf: (project, connection) => gatewayConfig.usesOf(project, connection),
  })
  const gatewayConfig = makeGatewayConfig({
    db,
    clock,
    facts: async (project) => {
      const [connections, { environments }, liveApps] = await Promise.all([
        catalog.connectionFacts(project),
        access.findProject(project),
        deployments.liveApps(project, undefined),
      ])
      const names = environments.map((environment) => environment.name)
      return { connections, environments: names, apps: liveApps }
    },
    connections: catalog.listAll,
  })
  const gatewayCache = makeGatewayCache({
    db,
    clock,
    makeId: newId,
    policiesOf: async (project) => (await gatewayConfig.configOf(project)).caches,
  })
  const invocations = makeInvocations({
    gatewayUrl: parts.gatewayUrl,
    askSocket: makeAskSocket(config.dataFolder),
    signToken: parts.signToken,
    resolveRelease: (project, app, release) => apps.resolveRelease(project, app, release),
    clock,
  })
  const retrieval = makeRetrieval({ db, clickhouse, jobs, invocations, readBlob: blobs.get, clock })
  const apps: Apps = makeApps({
    db,
    blobs,
    clock,
    makeId: newId,
    inspect: inspectApp,
    indexes: retrieval,
    deploymentsOf: (project, names) => deployments.liveOf(project, names),
  })
  const deployments: Deployments = makeDeployments({
    db,
    clock,
    makeId: newId,
    apps,
    requireEnvironment: access.requireProjectEnvironment,
  })
  const exportSettings = readExportSettings(config.environment)
  const exporter =
    exportSettings && makeSpanExporter({ settings: exportSettings, version: config.version, log })
  const traces = makeTraces({
    clickhouse,
    deadLetters: parts.deadLetters,
    clock,
    makeId: newId,
    log,
    onStored: exporter?.take,
  })
  const limits = makeLimits({
    db,
    clock,
    makeId: newId,
    spanSpend: makeSpanSpend(clickhouse),
    unpricedCalls: makeUnpricedCalls(clickhouse),
    configOf: gatewayConfig.configOf,
    keyNames: access.keyNames,
    log,
  })
  const batches = makeBatches({
    db,
    clock,
    charge: limits.charge,
    look: makeLookAtBatch({ gatewayUrl: parts.gatewayUrl, signToken: parts.signToken, clock }),
    log,
  })
  const keyUses = makeKeyUses({
    mark: access.markKeysUsed,
    markCredentials: catalog.markKeysUsed,
    clock,
    log,
  })
  const datasets = makeDatasets({ db, clock })
  const evaluations = makeEvaluations({
    db,
    clickhouse,
    jobs,
    invocations,
    datasets,
    clock,
    makeId: newId,
    log,
  })
  return {
    access,
    apps,
    catalog,
    costPlans: makeCostPlans({
      clickhouse,
      clock,
      listModels: (project) => catalog.listModels(project, undefined),
      pricesOf: async (project) => (await gatewayConfig.configOf(project)).prices,
    }),
    datasets,
    deployments,
    evaluations,
    gatewayCache,
    gatewayConfig,
    gatewayState: makeGatewayStates({ clock }),
    gatewayTraffic: makeGatewayTraffic({ clickhouse, clock }),
    invocations,
    jobs,
    limits,
    retrieval,
    traces,
    usage: makeUsage({ clickhouse, clock, keyNames: access.keyNames }),
    exportCounts: () => exporter?.counts(),
    snapshotSources: {
      projects: access.projectsForSnapshot,
      keys: access.keysForSnapshot,
      connections: catalog.connectionsForSnapshot,
      deployments: deployments.deploymentsForSnapshot,
      gateway: gatewayConfig.configsForSnapshot,
      cacheForgets: gatewayCache.forgetsForSnapshot,
    },
    onChange: (listener) => {
      access.onChange(listener)
      catalog.onChange(listener)
      deployments.onChange(listener)
      gatewayCache.onChange(listener)
      gatewayConfig.onChange(listener)
    },
    ingest: async (batch) => {
      const records = await batches.admit(batch.records, batch.token)
      const result = await traces.ingest({ ...batch, records })
      keyUses.note(batch.records)
      return result
    },
    bundle: apps.bundle,
    retrieve: (project, environment, request, signal) =>
      retrieval.retrieve({ project, environment, keyId: 'runner', signal }, request),
    loopFacts: async (project, signal) => {
      const from = new Date(clock.now() - dayMs).toISOString()
      const [listed, figures, finished] = await Promise.all([
        apps.list(project, { limit: 50 }),
        traces.facets(project, { from }, signal),
        evaluations.list(project, { limit: 1 }),
      ])
      const { total, facets: _, ...rest } = figures
      return { apps: listed.items, traffic: { traces: total, ...rest }, lastEvaluation: finished.items[0] }
    },
    start: async () => {
      const standard = await access.start()
      access.onProjectCreated(catalog.addProject)
      const projects = await access.allProjects()
      await catalog.start(
        projects.map((project) => project.id),
        standard.id,
        stopping.signal,
      )
      await jobs.start()
      limits.start()
      batches.start()
    },
    stopWork: async () => {
      stopping.abort()
      await batches.stop()
      await jobs.stop()
    },
    stop: async () => {
      await keyUses.stop()
      await limits.stop()
      await traces.stop()
      await exporter?.stop()
    },
  }
}
