import type { Snapshot, SnapshotConnection, SnapshotDeployment, SnapshotKey } from '@ratchet/contract'

/** A snapshot in the form the request path wants: every question is one lookup. */
export type CompiledSnapshot = {
  readonly version: number
  readonly madeAtMs: number
  readonly keys: ReadonlyMap<string, SnapshotKey>
  readonly revokedPublicIds: ReadonlySet<string>
  readonly projects: ReadonlyMap<string, CompiledProject>
  readonly tokenKey: string
  readonly limits: Snapshot['limits']
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
}

export type DeployedRelease = {
  readonly app: string
  readonly deployment: SnapshotDeployment
  readonly arm: SnapshotDeployment['arms'][number]
}

export type CompiledConnection = SnapshotConnection & {
  readonly modelSet: ReadonlySet<string>
  readonly priceByModel: ReadonlyMap<string, SnapshotConnection['prices'][string]>
  /** Scheme, host and port; empty for `offline`. */
  readonly origin: string
  /** Path in front of `/chat/completions`. */
  readonly basePath: string
  /** Headers of every call, as undici takes them. */
  readonly headers: string[]
}

/** Turns a snapshot into maps. A connection whose address does not parse keeps an empty origin. */
export function compileSnapshot(snapshot: Snapshot): CompiledSnapshot {
  const connections = Map.groupBy(snapshot.connections, (connection) => connection.project)
  const deployments = Map.groupBy(snapshot.deployments, (deployment) => deployment.project)
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
    revokedPublicIds: new Set(snapshot.revokedPublicIds),
    projects: new Map(
      [...ids].map((id) => [id, compileProject(id, connections.get(id) ?? [], deployments.get(id) ?? [])]),
    ),
    tokenKey: snapshot.tokenKey,
    limits: snapshot.limits,
  }
}

/** Key of {@link CompiledProject.deployments}. */
export function deploymentKey(environment: string, app: string): string {
  return `${environment} ${app}`
}

function compileProject(
  id: string,
  sources: readonly SnapshotConnection[],
  deployments: readonly SnapshotDeployment[],
): CompiledProject {
  const connections = sources.map(compileConnection)
  const byModel = new Map<string, CompiledConnection[]>()
  for (const connection of connections) {
    for (const model of connection.modelSet) {
      byModel.set(model, [...(byModel.get(model) ?? []), connection])
    }
  }
  return {
    id,
    connections: new Map(connections.map((connection) => [connection.name, connection])),
    connectionsByModel: byModel,
    deployments: new Map(
      deployments.map((deployment) => [deploymentKey(deployment.environment, deployment.app), deployment]),
    ),
    releases: deployments.flatMap((deployment) =>
      deployment.arms.map((arm) => ({ app: deployment.app, deployment, arm })),
    ),
  }
}

const offlineModels = ['extractive', 'embedding']

function compileConnection(source: SnapshotConnection): CompiledConnection {
  const url = URL.parse(source.baseUrl)
  const isOffline = source.provider === 'offline'
  return {
    ...source,
    modelSet: new Set(isOffline ? offlineModels : source.models),
    priceByModel: new Map(Object.entries(source.prices)),
    origin: isOffline || url === null ? '' : url.origin,
    basePath: url === null ? '' : url.pathname.replace(/\/+$/, ''),
    headers: [
      'content-type',
      'application/json',
      'user-agent',
      'ratchet',
      ...(source.apiKey ? ['authorization', `Bearer ${source.apiKey}`] : []),
    ],
  }
}
