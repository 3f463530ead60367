import { AppError } from '@ratchet/contract'
import { suggestNames } from '@ratchet/core/graph'
import type { CompiledConnection, CompiledProject } from '../snapshot/compile-snapshot.ts'

/** A model behind a connection, by the provider's own name. */
export type ModelTarget = {
  readonly connection: CompiledConnection
  readonly model: string
  /** False when the connection lists models and this is not among them; the provider has the last word. */
  readonly isListed: boolean
}

/**
 * Finds `connection/model`, or a bare model name that exactly one connection of the project lists. Throws
 * `model_not_found` with the nearest names, or `validation_failed` when a bare name is ambiguous.
 */
export function resolveModel(project: CompiledProject, name: string, environment: string): ModelTarget {
  const slash = name.indexOf('/')
  const connection = slash === -1 ? undefined : project.connections.get(name.slice(0, slash))
  if (connection !== undefined) {
    const model = name.slice(slash + 1)
    const isListed = connection.modelSet.has(model)
    if (isListed) return { connection, model, isListed }
    // A provider may serve more than it lists, so only what is our own is refused here.
    if (connection.provider !== 'offline' && model !== '') {
      return { connection, model, isListed: connection.modelSet.size === 0 }
    }
  }
  return resolveBareName(project, name) ?? refuse(project, name, environment)
}

/** Names that can be called in an environment of a project: models and apps. */
export function listModelNames(project: CompiledProject, environment: string): string[] {
  const models = [...project.connections.values()].flatMap((connection) =>
    [...connection.modelSet].map((model) => `${connection.name}/${model}`),
  )
  const apps = [...project.deployments.values()]
    .filter((deployment) => deployment.environment === environment)
    .map((deployment) => `app/${deployment.app}`)
  return [...models.toSorted(), ...apps.toSorted()]
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

function resolveBareName(project: CompiledProject, name: string): ModelTarget | undefined {
  const [only, ...others] = project.connectionsByModel.get(name) ?? []
  if (only === undefined) return undefined
  if (others.length === 0) return { connection: only, model: name, isListed: true }
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
