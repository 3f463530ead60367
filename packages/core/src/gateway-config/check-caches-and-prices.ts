import type { PriceOverride } from '@ratchet/contract'
import { suggestNames } from '../graph/index.ts'
import type { CheckContext } from './check-config.ts'
import { checkModel } from './check-model.ts'

/** Checks price overrides: patterns that work, connections that exist, tiers in their order. */
export function checkPrices(context: CheckContext): void {
  const { config, facts, report } = context
  const names = facts.connections.map((connection) => connection.name)
  config.prices.forEach((price, index) => {
    const { model } = price
    checkTiers(context, price, `prices[${index}]`)
    const path = `prices[${index}].model`
    const star = model.indexOf('*')
    if (star !== -1 && star !== model.length - 1) {
      report('error', path, `"*" stands for any rest and works only at the end of "${model}".`)
      return
    }
    const slash = model.indexOf('/')
    if (slash === -1) {
      if (star === -1) report('error', path, `"${model}" is no model: write it as "connection/model".`)
      return
    }
    const connection = model.slice(0, slash)
    if (names.includes(connection)) return
    report('warning', path, `There is no connection "${connection}".`, suggestNames(connection, names))
  })
}

/** The last tier that fits counts, so one that is not above those before it could never, or would hide them. */
function checkTiers({ report }: CheckContext, { tiers = [], inputUsd }: PriceOverride, path: string): void {
  if (tiers.length > 0 && inputUsd === undefined)
    report(
      'error',
      `${path}.tiers`,
      'Tiers need the price of shorter prompts: give inputUsd and outputUsd too.',
    )
  tiers.forEach(({ aboveInputTokens }, index) => {
    const before = tiers[index - 1]?.aboveInputTokens
    if (before === undefined || before < aboveInputTokens) return
    report(
      'error',
      `${path}.tiers[${index}].aboveInputTokens`,
      `${aboveInputTokens} is not more than ${before}, the tier before it: write tiers in ascending order, each once.`,
    )
  })
}

/** Checks caches: the model of semantic ones, and whether anybody uses them. */
export function checkCaches(context: CheckContext): void {
  const { config, report } = context
  config.caches.forEach((cache, index) => {
    if (cache.mode === 'semantic') {
      const path = `caches[${index}].embeddingModel`
      if (cache.embeddingModel.includes('/')) checkModel(context, cache.embeddingModel, path)
      else report('error', path, `"${cache.embeddingModel}" is no model: write it as "connection/model".`)
    }
    const isUsed =
      config.defaults.cache === cache.name || config.routes.some((route) => route.cache === cache.name)
    if (!isUsed)
      report(
        'warning',
        `caches[${index}].name`,
        `Nothing uses the cache "${cache.name}": no route, no default.`,
      )
  })
}
