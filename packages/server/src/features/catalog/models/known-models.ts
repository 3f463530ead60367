import {
  priceOfOverride,
  type Model,
  type ModelPrice,
  type PriceOverride,
  type Provider,
  type SnapshotConnection,
} from '@ratchet/contract'
import { guessModelKind, knownAbilities } from '@ratchet/core/catalog'
import { findOverride } from '@ratchet/core/cost'
import type { StoredConnection } from '../connection-store.ts'
import { withGoogleSearch } from './google-search-price.ts'
import { findPrice, listPricedModels } from './model-prices.ts'
import { offlineModels, offlinePrice } from '../offline-models.ts'

/** Models of a connection: what its last good test found, else what the price list has for its provider. */
export function modelNamesOf(connection: StoredConnection): readonly string[] {
  if (connection.provider === 'offline') return offlineModels.map((model) => model.id)
  return connection.models ?? (connection.baseUrl === undefined ? [] : listPricedModels(connection.baseUrl))
}

/** Models of a connection with kind and price, as `connection/model`. */
export function describeModels(
  connection: StoredConnection,
  at: Date,
  overrides: readonly PriceOverride[],
): Model[] {
  const { name } = connection
  if (connection.provider === 'offline') {
    return offlineModels.map((model) => ({
      ...model,
      id: `${name}/${model.id}`,
      connection: name,
      price: offlinePrice,
      ...knownAbilities(connection.provider, model.id),
    }))
  }
  return modelNamesOf(connection).map((model) => {
    const override = findOverride(overrides, name, model)
    const known = override ? priceOfOverride(override) : listedPrice(connection, model, at)
    return {
      id: `${name}/${model}`,
      connection: name,
      kind: guessModelKind(model),
      ...knownAbilities(connection.provider, model),
      ...(known ? { price: known } : {}),
      ...(known?.tiers ? { note: 'Long prompts cost more than this price.' } : {}),
    }
  })
}

/** The connection as the gateway needs it, its credentials open. */
export function snapshotConnectionOf(
  connection: StoredConnection,
  credentials: readonly { id: string; value: string }[],
  at: Date,
): SnapshotConnection {
  const models = modelNamesOf(connection)
  return {
    project: connection.project,
    name: connection.name,
    provider: connection.provider,
    baseUrl: connection.baseUrl ?? '',
    credentials: [...credentials],
    settings: { ...connection.settings },
    allowPrivate: connection.allowPrivate,
    prices: pricesOf(connection, models, at),
    models: [...models],
  }
}

function pricesOf(
  connection: StoredConnection,
  models: readonly string[],
  at: Date,
): Record<string, ModelPrice> {
  if (connection.provider === 'offline')
    return Object.fromEntries(models.map((model) => [model, offlinePrice]))
  const { baseUrl } = connection
  if (baseUrl === undefined) return {}
  // Also models that the provider does not list but serves, so that their cost is known when somebody calls them.
  const names = new Set([...models, ...listPricedModels(baseUrl)])
  return Object.fromEntries(
    [...names].flatMap((model) => {
      const known = listedPrice(connection, model, at)
      return known ? [[model, known]] : []
    }),
  )
}

/** Providers that charge half for calls that wait for a batch; price lists leave that out. */
const halfInBatch: ReadonlySet<Provider> = new Set(['openai', 'azure-openai', 'groq', 'mistral'])

function listedPrice(
  { baseUrl, provider }: Pick<StoredConnection, 'baseUrl' | 'provider'>,
  model: string,
  at: Date,
): ModelPrice | undefined {
  const price = baseUrl === undefined ? undefined : findPrice(baseUrl, model, at)
  if (price === undefined) return undefined
  if (provider === 'gemini') return withGoogleSearch(price, model)
  return halfInBatch.has(provider) ? { ...price, batchShare: 0.5 } : price
}
