import type { Exchange } from './exchange.ts'
import { listModelNames, modelNotFound } from './resolve-model.ts'

/** `GET /v1/models`: models of the project's connections and apps deployed in the caller's environment. */
export function handleListModels(exchange: Exchange): void {
  const { project } = exchange.authenticate('model:invoke')
  const created = createdAt(exchange)
  const data = listModelNames(project, exchange.environment).map((id) => describeModel(id, created))
  exchange.sendJson(200, { object: 'list', data })
}

/** `GET /v1/models/{id}`; ids hold a slash, encoded or not. */
export function handleGetModel(exchange: Exchange, encodedId: string): void {
  const { project } = exchange.authenticate('model:invoke')
  const id = decode(encodedId)
  if (!listModelNames(project, exchange.environment).includes(id)) {
    throw modelNotFound(project, id, exchange.environment)
  }
  exchange.sendJson(200, describeModel(id, createdAt(exchange)))
}

function describeModel(id: string, created: number) {
  return { id, object: 'model', created, owned_by: id.slice(0, id.indexOf('/')) }
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
