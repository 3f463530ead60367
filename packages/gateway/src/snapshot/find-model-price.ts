import { priceOfOverride, type ModelPrice } from '@ratchet/contract'
import { findOverride } from '@ratchet/core/cost'
import type { CompiledConnection } from './compile-snapshot.ts'

/**
 * What a model of a connection costs, and by `source` where that is known from. Undefined when no price is known: the
 * cost is then unknown, not zero. A version of a model that has no price of its own costs what the model costs.
 */
export function findModelPrice(connection: CompiledConnection, model: string): ModelPrice | undefined {
  const { priceByModel, priceOverrides } = connection
  const exact = priceByModel.get(model)
  if (exact !== undefined) return exact
  if (priceOverrides.length > 0) {
    const override = findOverride(priceOverrides, connection.name, model)
    if (override !== undefined) return priceOfOverride(override)
  }
  const family = model.replace(versionDate, '')
  return family === model ? undefined : priceByModel.get(family)
}

/** The name that a connection lists for a dated version of a model; the version's own where it lists that, or neither. */
export function modelFamily({ modelSet, priceByModel }: CompiledConnection, model: string): string {
  const family = model.replace(versionDate, '')
  const isKnown = modelSet.has(family) || priceByModel.has(family)
  return modelSet.has(model) || !isKnown ? model : family
}

/** `-2024-11-20`, `-20241022`, `@20250929`, `-latest`. */
const versionDate = /(?:-20\d\d-\d\d-\d\d|[-@]20\d{6}|-latest|@latest|@default)$/
