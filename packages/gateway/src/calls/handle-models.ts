import type { KnownAbilities } from '@ratchet/contract'
import { knownAbilities, sharedAbilities } from '@ratchet/core/catalog'
import type { CompiledRoute, CompiledTarget } from '../routing/compiled-route.ts'
import type { CompiledConnection, CompiledProject } from '../snapshot/compile-snapshot.ts'
import type { Exchange } from './exchange.ts'
import { listModelNames, modelNotFound } from './resolve-model.ts'

/** `GET /v1/models`: models of the project's connections and apps deployed in the caller's environment. */
export function handleListModels(exchange: Exchange): void {
  const { project } = exchange.authenticate('model:invoke')
  const created = createdAt(exchange)
  const data = listModelNames(project, exchange.environment).map((id) => describeModel(project, id, created))
  exchange.sendJson(200, { object: 'list', data })
}

/** `GET /v1/models/{id}`; ids hold a slash, encoded or not. */
export function handleGetModel(exchange: Exchange, encodedId: string): void {
  const { project } = exchange.authenticate('model:invoke')
  const id = decode(encodedId)
  if (!listModelNames(project, exchange.environment).includes(id)) {
    throw modelNotFound(project, id, exchange.environment)
  }
  exchange.sendJson(200, describeModel(project, id, createdAt(exchange)))
}

/** As OpenAI has it, and what we know besides under `ratchet`. */
function describeModel(project: CompiledProject, id: string, created: number) {
  const slash = id.indexOf('/')
  // A route has no connection in its name: it is ours.
  const owned_by = slash === -1 ? 'ratchet' : id.slice(0, slash)
  const known = { id, object: 'model', created, owned_by }
  const route = project.routes.get(id)
  if (route !== undefined) {
    const models = targetsOf(route).map(({ connection, model }) => abilitiesOf(connection, model))
    return { ...known, ratchet: { type: 'route', ...sharedAbilities(models) } }
  }
  const connection = project.connections.get(id.slice(0, slash))
  if (connection === undefined)
    return { ...known, ratchet: { type: 'app', abilities: ['streaming'], lacks: [] } }
  return { ...known, ratchet: { type: 'model', ...abilitiesOf(connection, id.slice(slash + 1)) } }
}

const remembered = new WeakMap<CompiledConnection, Map<string, KnownAbilities>>()

/** Only of models that are listed, so what is remembered is bounded. */
function abilitiesOf(connection: CompiledConnection, model: string): KnownAbilities {
  let models = remembered.get(connection)
  if (models === undefined) remembered.set(connection, (models = new Map()))
  let known = models.get(model)
  if (known === undefined) models.set(model, (known = knownAbilities(connection.provider, model)))
  return known
}

function targetsOf({ pool, rules, worth, cascade }: CompiledRoute): readonly CompiledTarget[] {
  const pools = [pool, worth?.high, worth?.low, cascade?.steps, ...rules.map((rule) => rule.pool)]
  return pools.flatMap((some) => some?.targets ?? [])
}

function createdAt(exchange: Exchange): number {
  return Math.floor(exchange.snapshot().madeAtMs / 1000)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
