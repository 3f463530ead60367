import {
  emptyGatewayConfig,
  type ConfigProblem,
  type FileConnection,
  type GatewayConfig,
  type OutputOf,
  type planGatewayConfig,
} from '@ratchet/contract'
import { checkConfig, diffConfig } from '@ratchet/core/gateway-config'
import type { z } from 'zod'
import { compareConnections } from './compare-connections.ts'
import { findVersion } from './config-store.ts'
import type { GatewayConfigParts } from './gateway-config-parts.ts'
import { readGatewayFile } from './read-gateway-file.ts'

export type PlanRequest = z.output<(typeof planGatewayConfig)['body']>
export type ConfigPlan = OutputOf<typeof planGatewayConfig>

/** What a configuration, or a whole file, would change, and what is wrong with it. */
export async function plan(
  parts: GatewayConfigParts,
  project: string,
  request: PlanRequest,
): Promise<ConfigPlan> {
  const newest = await findVersion(parts.db, project)
  const baseVersion = newest?.version ?? 0
  const read = request.text === undefined ? undefined : readGatewayFile(request.file, request.text)
  const wanted = read === undefined ? asFile(request.config ?? emptyGatewayConfig) : read.file
  if (wanted === undefined) {
    const problems = [...(read?.problems ?? [])]
    return { baseVersion, connections: [], changes: [], connectionChanges: [], problems }
  }
  const { connections, ...config } = wanted
  const [known, existing] = await Promise.all([parts.facts(project), parts.connections(project)])
  const planned = connections
    .filter(({ name }) => !known.connections.some((each) => each.name === name))
    .map(({ name, provider }) => ({ name, provider, models: [] }))
  const facts = { ...known, connections: [...known.connections, ...planned] }
  const problems = [...checkNames(connections), ...checkConfig(config, facts)]
  return {
    baseVersion,
    config,
    connections,
    changes: diffConfig(newest?.config ?? emptyGatewayConfig, config),
    connectionChanges: compareConnections(connections, existing),
    problems: problems.map((problem) => ({ ...problem, ...read?.placeOf(problem.path) })),
  }
}

function asFile(config: GatewayConfig): GatewayConfig & { connections: FileConnection[] } {
  return { ...config, connections: [] }
}

function checkNames(connections: readonly FileConnection[]): ConfigProblem[] {
  return connections.flatMap(({ name }, index) => {
    const first = connections.findIndex((each) => each.name === name)
    if (first === index) return []
    const message = `"${name}" is taken by connections[${first}].`
    return [{ severity: 'error' as const, path: `connections[${index}].name`, message }]
  })
}
