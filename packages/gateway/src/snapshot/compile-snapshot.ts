import {
  emptyGatewayConfig,
  priceOfOverride,
  type GatewayConfig,
  type PriceOverride,
  type Snapshot,
  type SnapshotConnection,
  type SnapshotDeployment,
  type SnapshotKey,
} from '@ratchet/contract'
import { connectionHeaders, credentialHeaders } from '@ratchet/core/catalog'
import { findOverride } from '@ratchet/core/cost'
import { compileRoutes } from '../routing/compile-route.ts'
import type { CompiledRoute } from '../routing/compiled-route.ts'
import { findModelPrice } from './find-model-price.ts'

/** A snapshot in the form the request path wants: every question is one lookup. */
export type CompiledSnapshot = {
  readonly version: number
  readonly madeAtMs: number
  /** By public id. */
  readonly keys: ReadonlyMap<string, SnapshotKey>
  /** Names of keys by id. */
  readonly keyNames: ReadonlyMap<string, string>
  readonly revokedPublicIds: ReadonlySet<string>
  readonly projects: ReadonlyMap<string, CompiledProject>
  readonly tokenKey: string
  readonly limits: Snapshot['limits']
  readonly cacheForgets: Snapshot['cacheForgets']
  readonly cacheForgetsSinceMs: number
}

export type CompiledProject = {
  readonly id: string
  readonly connections: ReadonlyMap<string, CompiledConnection>
  /** Connections that list a model name. */
  readonly connectionsByModel: ReadonlyMap<string, readonly CompiledConnection[]>
  /** By `environment app`. */
  readonly deployments: ReadonlyMap<string, SnapshotDeployment>
  /** Every deployed release of the project, of any environment. */
  readonly releases: readonly DeployedRelease[]
  /** Routes, limits, budgets, caches; `emptyGatewayConfig` itself when the project has none. */
  readonly config: GatewayConfig
  /** By name: what clients may write as `model` beside `connection/model`. */
  readonly routes: ReadonlyMap<string, CompiledRoute>
}

export type DeployedRelease = {
  readonly app: string
  readonly deployment: SnapshotDeployment
  readonly arm: SnapshotDeployment['arms'][number]
}

export type CompiledCredential = {
  readonly id: string
  readonly value: string
  /** Headers of every call with this credential, as undici takes them. */
  readonly headers: string[]
}

export type CompiledConnection = Omit<SnapshotConnection, 'credentials'> & {
  readonly credentials: readonly CompiledCredential[]
  readonly modelSet: ReadonlySet<string>
  /** Of models that are known by name, overrides in place; ask with `findModelPrice`. */
  readonly priceByModel: ReadonlyMap<string, SnapshotConnection['prices'][string]>
  /** Those that can meet models of this connection. */
  readonly priceOverrides: readonly PriceOverride[]
  /** Scheme, host and port; empty for `offline`. */
  readonly origin: string
  /** Path in front of `/chat/completions`. */
  readonly basePath: string
  /** Headers of a call with the first credential, or without any. */
  readonly headers: string[]
}

/** Turns a snapshot into maps. A connection whose address does not parse keeps an empty origin. */
export function compileSnapshot(snapshot: Snapshot): CompiledSnapshot {
  const connections = Map.groupBy(snapshot.connections, (connection) => connection.project)
  const deployments = Map.groupBy(snapshot.deployments, (deployment) => deployment.project)
  const configs = new Map(snapshot.gateway.map(({ project, config }) => [project, config]))
  const ids = new Set([
    ...snapshot.projects.map((project) => project.id),
    ...snapshot.keys.map((key) => key.project),
    ...connections.keys(),
    ...deployments.keys(),
  ])
  return {
    version: snapshot.version,
    madeAtMs: snapshot.madeAtMs,
    keys: new Map(snapshot.keys.map((key) => [key.publicId, key])),
    keyNames: new Map(snapshot.keys.map(({ id, name }) => [id, name])),
    revokedPublicIds: new Set(snapshot.revokedPublicIds),
    projects: new Map(
      [...ids].map((id) => [
        id,
        compileProject(id, {
          sources: connections.get(id) ?? [],
          deployments: deployments.get(id) ?? [],
          config: configs.get(id) ?? emptyGatewayConfig,
        }),
      ]),
    ),
    tokenKey: snapshot.tokenKey,
    limits: snapshot.limits,
    cacheForgets: snapshot.cacheForgets,
    cacheForgetsSinceMs: snapshot.cacheForgetsSinceMs,
  }
}

/** Key of {@link CompiledProject.deployments}. */
export function deploymentKey(environment: string, app: string): string {
  return `${environment} ${app}`
}

function compileProject(
  id: string,
  {
    sources,
    deployments,
    config,
  }: {
    sources: readonly SnapshotConnection[]
    deployments: readonly SnapshotDeployment[]
    config: GatewayConfig
  },
): CompiledProject {
  const connections = sources.map((source) => compileConnection(source, config.prices))
  const byModel = new Map<string, CompiledConnection[]>()
  for (const connection of connections) {
    for (const model of connection.modelSet) {
      byModel.set(model, [...(byModel.get(model) ?? []), connection])
    }
  }
  const byName = new Map(connections.map((connection) => [connection.name, connection]))
  return {
    id,
    connections: byName,
    connectionsByModel: byModel,
    deployments: new Map(
      deployments.map((deployment) => [deploymentKey(deployment.environment, deployment.app), deployment]),
    ),
    releases: deployments.flatMap((deployment) =>
      deployment.arms.map((arm) => ({ app: deployment.app, deployment, arm })),
    ),
    config,
    routes: compileRoutes(config, { findConnection: (name) => byName.get(name), findPrice: findModelPrice }),
  }
}

const ownHeaders = ['content-type', 'application/json', 'user-agent', 'ratchet'] as const
const offlineModels = ['extractive', 'embedding', 'rerank']

function compileConnection(
  source: SnapshotConnection,
  overrides: readonly PriceOverride[],
): CompiledConnection {
  const url = URL.parse(source.baseUrl)
  const isOffline = source.provider === 'offline'
  const bare = [...ownHeaders, ...connectionHeaders(source.provider, source.settings)]
  const credentials = source.credentials.map(({ id, value }) => ({
    id,
    value,
    headers: [...bare, ...credentialHeaders(source.provider, value)],
  }))
  return {
    ...source,
    credentials,
    modelSet: new Set(isOffline ? offlineModels : source.models),
    ...compilePrices(source, overrides),
    origin: isOffline || url === null ? '' : url.origin,
    basePath: url === null ? '' : url.pathname.replace(/\/+$/, ''),
    headers: credentials[0]?.headers ?? bare,
  }
}

function compilePrices(
  { name, prices }: SnapshotConnection,
  overrides: readonly PriceOverride[],
): Pick<CompiledConnection, 'priceByModel' | 'priceOverrides'> {
  const prefix = `${name}/`
  const priceOverrides = overrides.filter(
    ({ model }) => model.startsWith(prefix) || (model.endsWith('*') && prefix.startsWith(model.slice(0, -1))),
  )
  const priceByModel = new Map(Object.entries(prices))
  if (priceOverrides.length === 0) return { priceByModel, priceOverrides }
  for (const model of priceByModel.keys()) {
    const override = findOverride(priceOverrides, name, model)
    if (override !== undefined) priceByModel.set(model, priceOfOverride(override))
  }
  return { priceByModel, priceOverrides }
}
