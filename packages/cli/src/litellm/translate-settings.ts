import type { ImportReport } from './import-report.ts'
import type { LiteLlmConfig } from './litellm-config.ts'
import { routeNameOf, type FileInput, type RouteInput } from './translate-routes.ts'

/** Cache and budget of the whole proxy, which are those of the whole project here. */
export function translateSettings(
  config: LiteLlmConfig,
  routes: readonly RouteInput[],
  report: ImportReport,
): Pick<FileInput, 'caches' | 'budgets' | 'defaults'> {
  const cache = translateCache(config, routes, report)
  const budget = translateBudget(config, report)
  return {
    ...(budget ? { budgets: [budget] } : {}),
    ...(cache ? { caches: [cache], defaults: { cache: cache.name } } : {}),
  }
}

type CacheInput = NonNullable<FileInput['caches']>[number]

function translateCache(
  config: LiteLlmConfig,
  routes: readonly RouteInput[],
  report: ImportReport,
): CacheInput | undefined {
  const settings = config.litellm_settings
  const isOn = settings?.cache === true || (typeof settings?.cache === 'object' && settings.cache !== null)
  if (!settings || !isOn) return undefined
  const place = settings.cache === true ? 'cache_params' : 'cache'
  const params: Readonly<Record<string, unknown>> =
    settings.cache === true ? (settings.cache_params ?? {}) : Object(settings.cache)
  const at = ['litellm_settings', place]
  if (settings.cache === true) {
    report.add('translated', ['litellm_settings', 'cache'], 'A cache that every request uses by default.')
  }
  const kind = typeof params['type'] === 'string' ? params['type'] : 'local'
  const isSemantic = kind.includes('semantic')
  report.add(
    'adapted',
    [...at, 'type'],
    `"${kind}" is not needed: the gateway keeps answers itself${isSemantic ? ', and compares their meaning' : ''}.`,
  )
  const ttl = Number(params['ttl'] ?? Number.NaN)
  if (params['ttl'] !== undefined) report.add('translated', [...at, 'ttl'], 'ttlSeconds of the cache.')
  const threshold = Number(params['similarity_threshold'] ?? Number.NaN)
  const embedding = Object.entries(params).find(([name]) => name.endsWith('embedding_model'))
  const base: CacheInput = {
    name: 'answers',
    ...(Number.isFinite(ttl) && ttl >= 1 ? { ttlSeconds: Math.round(ttl) } : {}),
  }
  if (!isSemantic) return base
  if (Number.isFinite(threshold)) {
    report.add('translated', [...at, 'similarity_threshold'], 'threshold of the cache.')
  }
  const group = typeof embedding?.[1] === 'string' ? routeNameOf(embedding[1]) : undefined
  const model = routes.find((route) => route.name === group)?.targets?.[0]?.model
  if (embedding) {
    report.add(
      model === undefined ? 'to-do' : 'translated',
      [...at, embedding[0]],
      model === undefined
        ? 'Name the model for embeddings in the cache as "connection/model".'
        : `Embeddings are made by "${model}".`,
    )
  }
  return {
    ...base,
    mode: 'semantic',
    ...(Number.isFinite(threshold) && threshold >= 0.5 && threshold <= 1 ? { threshold } : {}),
    ...(model === undefined ? {} : { embeddingModel: model }),
  }
}

const periods: Readonly<Record<string, 'day' | 'month'>> = {
  '1d': 'day',
  '24h': 'day',
  daily: 'day',
  '30d': 'month',
  '1mo': 'month',
  monthly: 'month',
}

function translateBudget(config: LiteLlmConfig, report: ImportReport) {
  const { max_budget: limitUsd, budget_duration: duration } = config.litellm_settings ?? {}
  if (limitUsd === undefined || limitUsd === null) return undefined
  const period = periods[duration ?? '30d']
  const path = ['litellm_settings', 'max_budget']
  if (period === undefined) {
    report.add('left-out', path, `Budgets are for a day or a month here, not for "${duration}".`)
    return undefined
  }
  report.settle(['litellm_settings', 'budget_duration'])
  report.add('adapted', path, `A budget of the project for each calendar ${period} (UTC).`)
  return { name: 'all', scope: 'project' as const, period, limitUsd }
}
