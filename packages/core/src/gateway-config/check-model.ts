import { nearestNames, suggestNames } from '../graph/index.ts'
import type { CheckContext } from './check-config.ts'

/** Checks a `connection/model`: the connection must exist; a model that it does not list may exist all the same. */
export function checkModel({ facts, report }: CheckContext, name: string, path: string): void {
  const slash = name.indexOf('/')
  const [connectionName, model] = [name.slice(0, slash), name.slice(slash + 1)]
  if (connectionName === 'app') {
    report('error', path, `"${name}" is a deployed app, and a model of a connection is needed here.`)
    return
  }
  const connection = facts.connections.find((each) => each.name === connectionName)
  if (!connection) {
    const names = facts.connections.map((each) => each.name)
    const suggestion =
      suggestNames(connectionName, names) || `Add it with: ratchet connections add ${connectionName}`
    report('error', path, `There is no connection "${connectionName}".`, suggestion)
    return
  }
  if (connection.models.length === 0 || connection.models.includes(model)) return
  const isOffline = connection.provider === 'offline'
  const near = nearestNames(model, connection.models).map((each) => `"${connectionName}/${each}"`)
  report(
    isOffline ? 'error' : 'warning',
    path,
    isOffline
      ? `The built-in connection has no model "${model}".`
      : `The connection "${connectionName}" does not list a model "${model}"; its provider may have it all the same.`,
    near.length === 0 ? undefined : `Did you mean ${near.join(' or ')}?`,
  )
}
