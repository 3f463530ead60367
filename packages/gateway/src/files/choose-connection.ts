import { AppError, providerTable, type ProviderEndpoint } from '@ratchet/contract'
import type { Exchange } from '../calls/exchange.ts'
import { decodeForeignId, type StoredCall } from '../formats/files-batches/index.ts'
import type { CompiledConnection } from '../snapshot/compile-snapshot.ts'

/** The API of a provider that a call belongs to. */
export function endpointOf({ template }: Pick<StoredCall, 'template'>): ProviderEndpoint {
  return template.startsWith('/batches') ? 'batches' : 'files'
}

/** Connections of the caller's project that have the API, by name; only the one that the client names, when it does. */
export function connectionsWith(exchange: Exchange, endpoint: ProviderEndpoint): CompiledConnection[] {
  const { caller, request } = exchange
  const all = [...(caller?.project.connections.values() ?? [])].toSorted((one, other) =>
    one.name < other.name ? -1 : 1,
  )
  const named = request.headers['x-ratchet-connection']
  const having = all.filter(({ provider }) => providerTable[provider].endpoints.includes(endpoint))
  if (typeof named !== 'string') return having
  const found = having.filter(({ name }) => name === named)
  if (found.length > 0) return found
  throw new AppError('validation_failed', {
    message: `The header x-ratchet-connection names "${named}", which is no connection with ${endpoint}. ${known(having)}`,
    details: { param: 'x-ratchet-connection' },
  })
}

/** Where something new is put: the only connection that can have it, or the one that the client names. */
export function connectionForNew(exchange: Exchange, endpoint: ProviderEndpoint): CompiledConnection {
  const having = connectionsWith(exchange, endpoint)
  // Of a server of any kind nothing is known, so that it comes second to providers that surely have the API.
  const sure = having.filter(({ provider }) => provider !== 'openai-compatible')
  const [only, ...others] = sure.length > 0 ? sure : having
  if (only !== undefined && others.length === 0) return only
  throw new AppError('validation_failed', {
    message: `Several connections, or none, have ${endpoint}: say which with the header x-ratchet-connection. ${known(having)}`,
    details: { param: 'x-ratchet-connection' },
  })
}

/** The connection and the provider's own id of an id that a client got from us. Throws `not_found`. */
export function findForeign(
  { caller }: Exchange,
  call: StoredCall,
): { readonly connection: CompiledConnection; readonly id: string } {
  const decoded = decodeForeignId(call.id)
  const connection = decoded && caller?.project.connections.get(decoded.connection)
  if (decoded !== undefined && connection !== undefined) return { connection, id: decoded.id }
  throw new AppError('not_found', {
    message: `No such ${call.template.split('/')[1]?.replace(/e?s$/, '') ?? 'object'}: "${call.id.slice(0, 200)}" is no id that you got from here. List yours with GET /v1${call.template.split('/{id}')[0] ?? ''}.`,
    details: { param: 'id' },
  })
}

function known(connections: readonly CompiledConnection[]): string {
  const names = connections.map(({ name }) => `"${name}"`)
  return names.length === 0 ? 'No connection of this project has them.' : `There are: ${names.join(', ')}.`
}
