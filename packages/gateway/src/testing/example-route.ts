import { modelRoute, type ModelPrice } from '@ratchet/contract'
import type { RequestFacts } from '@ratchet/core/conditions'
import { compileRoute } from '../routing/compile-route.ts'
import type { CompiledRoute } from '../routing/compiled-route.ts'
import { compileSnapshot, type CompiledConnection } from '../snapshot/compile-snapshot.ts'
import { exampleSnapshot, project } from './example-snapshot.ts'

const names = ['openai', 'azure', 'anthropic', 'local'] as const

/** Connections `openai`, `azure`, `anthropic` and `local`, each with a model `gpt` whose price rises in this order. */
export const exampleConnections: ReadonlyMap<string, CompiledConnection> = makeConnections()

function makeConnections(): ReadonlyMap<string, CompiledConnection> {
  const snapshot = exampleSnapshot('http://127.0.0.1:1/v1')
  const [example] = snapshot.connections
  if (example === undefined) throw new Error('the example snapshot has no connection')
  const connections = names.map((name, index) => ({
    ...example,
    name,
    prices: { gpt: { inputNano: (index + 1) * 1e9, outputNano: (index + 1) * 4e9 } satisfies ModelPrice },
  }))
  const compiled = compileSnapshot({ ...snapshot, connections }).projects.get(project)
  if (compiled === undefined) throw new Error('the example snapshot has no project')
  return compiled.connections
}

/** A route as it would be written in a file, compiled over {@link exampleConnections}. */
export function exampleRoute(written: object): CompiledRoute {
  return compileRoute(modelRoute.parse({ name: 'support', ...written }), {
    findConnection: (name) => exampleConnections.get(name),
  })
}

/** Facts of a plain request; `metadata` is what conditions find there. */
export function exampleFacts(
  facts: Partial<Omit<RequestFacts, 'metadata'>> & { metadata?: Record<string, unknown> } = {},
): RequestFacts {
  const { metadata = {}, ...given } = facts
  return {
    model: 'support',
    route: 'support',
    environment: 'production',
    keyId: 'key-1',
    keyName: 'website',
    user: '',
    session: '',
    app: '',
    stream: false,
    tools: 0,
    images: 0,
    inputTokens: 100,
    header: () => undefined,
    parameter: () => undefined,
    ...given,
    metadata: (name) => metadata[name],
  }
}
