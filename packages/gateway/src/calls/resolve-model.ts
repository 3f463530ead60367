import { AppError } from '@ratchet/contract'
import { suggestNames } from '@ratchet/core/graph'
import { compileDirectRoute, listRouteNames } from '../routing/compile-route.ts'
import type { CompiledRoute, CompiledTarget } from '../routing/compiled-route.ts'
import type { CompiledConnection, CompiledProject } from '../snapshot/compile-snapshot.ts'
import { findModelPrice } from '../snapshot/find-model-price.ts'
import type { Exchange } from './exchange.ts'

/**
 * How requests for a model find it: by a route of that name, as `connection/model`, or by a bare name that exactly one
 * connection lists. Throws `model_not_found` with the nearest names, or `validation_failed` when a bare name is ambiguous.
 */
export function resolveModel(project: CompiledProject, name: string, environment: string): CompiledRoute {
  const slash = name.indexOf('/')
  if (slash === -1)
    return project.routes.get(name) ?? resolveBareName(project, name) ?? refuse(project, name, environment)
  const connection = project.connections.get(name.slice(0, slash))
  if (connection === undefined) return resolveBareName(project, name) ?? refuse(project, name, environment)
  const model = name.slice(slash + 1)
  // A provider may serve more than it lists, so only what is our own is refused here.
  const mayServe = connection.modelSet.has(model) || (connection.provider !== 'offline' && model !== '')
  return mayServe ? directRoute(connection, model) : refuse(project, name, environment)
}

/** Names that can be called in an environment of a project: routes, models and apps. */
export function listModelNames(project: CompiledProject, environment: string): string[] {
  const models = [...project.connections.values()].flatMap((connection) =>
    [...connection.modelSet].map((model) => `${connection.name}/${model}`),
  )
  const apps = [...project.deployments.values()]
    .filter((deployment) => deployment.environment === environment)
    .map((deployment) => `app/${deployment.app}`)
  return [...listRouteNames(project.routes).toSorted(), ...models.toSorted(), ...apps.toSorted()]
}

/** The error for a name that nothing answers to. */
export function modelNotFound(project: CompiledProject, name: string, environment: string): AppError {
  const names = listModelNames(project, environment)
  const suggestion =
    suggestNames(name, names) || suggestNames(name.slice(name.indexOf('/') + 1), bareNames(project))
  return new AppError('model_not_found', {
    message: `No model "${name}" in environment "${environment}". ${suggestion === '' ? 'List what there is with GET /v1/models.' : suggestion}`,
    details: { param: 'model', model: name, environment },
  })
}

/** What we know more than a provider that has never heard of a model: the names that are nearest to it. */
export function unlistedHint(
  { caller, environment }: Exchange,
  target: CompiledTarget,
  asked: string,
): string {
  const { modelSet } = target.connection
  const isUnlisted = modelSet.size > 0 && !modelSet.has(target.model)
  return isUnlisted && caller !== undefined ? modelNotFound(caller.project, asked, environment).message : ''
}

/** Callers may make up names; a provider has fewer. */
const rememberLimit = 2_000
const directRoutes = new WeakMap<CompiledConnection, Map<string, CompiledRoute>>()

function directRoute(connection: CompiledConnection, model: string): CompiledRoute {
  let routes = directRoutes.get(connection)
  if (routes === undefined) directRoutes.set(connection, (routes = new Map()))
  let route = routes.get(model)
  if (route === undefined) {
    if (routes.size >= rememberLimit) routes.clear()
    route = compileDirectRoute(connection, model, findModelPrice)
    routes.set(model, route)
  }
  return route
}

function resolveBareName(project: CompiledProject, name: string): CompiledRoute | undefined {
  const [only, ...others] = project.connectionsByModel.get(name) ?? []
  if (only === undefined) return undefined
  if (others.length === 0) return directRoute(only, name)
  const choices = [only, ...others].map((connection) => `"${connection.name}/${name}"`)
  throw new AppError('validation_failed', {
    message: `Several connections have a model "${name}": say which, ${choices.join(' or ')}.`,
    details: { param: 'model', model: name },
  })
}

function bareNames(project: CompiledProject): string[] {
  return [...project.connectionsByModel.keys()]
}

function refuse(project: CompiledProject, name: string, environment: string): never {
  throw modelNotFound(project, name, environment)
}
