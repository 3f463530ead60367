import * as contract from '@ratchet/contract'
import { fakeUuid } from '../fake-ids.ts'
import type { FakeSize } from '../fake-size.ts'

const dayMs = 86_400_000
const groupsBy: Readonly<Record<string, readonly string[]>> = {
  model: ['gpt-5', 'claude-sonnet-4-5', 'gpt-5-mini', 'text-embedding-3-small', 'extractive'],
  key: [fakeUuid(60), fakeUuid(61), 'cli'],
  user: ['ada', 'grace', 'ممثل خدمة العملاء', '顧客サポート担当', ''],
  app: ['docs-assistant', ''],
  route: ['chat', 'cheap-first', ''],
  connection: ['openai', 'anthropic', 'azure', 'offline', ''],
  environment: ['production', 'staging', 'development'],
}

/** Use of models: made up, the same at every start. */
export function fakeUsage(
  size: FakeSize,
  now: Date,
  query: contract.ParsedOf<typeof contract.getUsage>['query'],
) {
  const by = contract.usageDimension.catch('model').parse(query.by)
  const typical = size === 'empty' ? [] : (groupsBy[by] ?? [])
  const many = Array.from(
    { length: query.limit },
    (_, index) => `${by}-with-a-very-long-name-${String(index)}`,
  )
  const scale = size === 'overfull' ? 4e13 : 4e10
  const from = query.from ?? new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth())).toISOString()
  const to = now.toISOString()
  const traces = { query: 'type:llm,embedding,batch', from, to }
  const groups = (size === 'overfull' ? many : typical).slice(0, query.limit).map((value, index) => ({
    values: [value],
    ...(by === 'key' && index === 0 ? { name: 'website' } : {}),
    ...figures(value === 'extractive' ? 0 : scale / 2 ** index, index),
    forecast: forecast(scale / 2 ** index, now),
    traces: { ...traces, query: `type:llm,embedding,batch ${by}:${value}` },
  }))
  const sum = groups.reduce((total, { costNano }) => total + costNano, 0)
  const rest = size === 'overfull' ? { ...figures(scale / 50, 3), p95Ms: undefined } : undefined
  const parts = groups.slice(0, 6)
  const days = size === 'empty' ? 0 : Math.ceil((now.getTime() - Date.parse(from)) / dayMs)
  const series = Array.from({ length: days }, (_, index) => {
    const at = Date.parse(from) + index * dayMs
    const busy = [0, 6].includes(new Date(at).getUTCDay()) ? 0.35 : 1 + ((index * 37) % 11) / 20
    const costs = parts.map(({ costNano }) => Math.round((costNano * busy) / days))
    const costNano = costs.reduce((total, cost) => total + cost, 0) + Math.round((sum * 0.02) / days)
    return { at: new Date(at).toISOString(), requests: Math.round(420 * busy), costNano, parts: costs }
  })
  const total = { ...figures(sum + (rest?.costNano ?? 0), 1), traces, forecast: forecast(sum, now) }
  const none = { ...figures(0, 0), requests: 0, retries: 0, unknownCost: 0, traces }
  return {
    from,
    to,
    by: [by],
    total: size === 'empty' ? none : total,
    groupCount: groups.length + (rest === undefined ? 0 : 9_950),
    groups,
    rest,
    series: query.series === 'none' ? undefined : series,
  }
}

function figures(costNano: number, seed: number): contract.UsageFigures {
  const requests = Math.max(7, 12_400 - seed * 2_013)
  return {
    requests,
    errors: Math.min(requests, seed * 9),
    retries: seed,
    inputTokens: requests * 1_830,
    cachedInputTokens: requests * (seed % 3) * 300,
    outputTokens: requests * 214,
    cacheWriteHourTokens: seed === 1 ? requests * 40 : 0,
    audioInputTokens: seed === 1 ? requests * 12 : 0,
    audioOutputTokens: 0,
    imageInputTokens: 0,
    imageOutputTokens: 0,
    images: seed === 1 ? 318 : 0,
    audioMs: seed === 1 ? 41_400_000 : 0,
    characters: seed === 1 ? 182_400 : 0,
    searches: seed === 1 ? 2_040 : 0,
    containers: 0,
    costNano: Math.round(costNano),
    unknownCost: seed === 2 ? 41 : 0,
    savedNano: Math.round(costNano / 9),
    p50Ms: 640 + seed * 120,
    p95Ms: 1_840 + seed * 700,
  }
}

function forecast(spentNano: number, now: Date): contract.UsageForecast {
  const endsAt = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1)).toISOString()
  const at = (factor: number): number => Math.round(spentNano * factor)
  return {
    spentNano: at(1),
    atEndNano: at(1.42),
    lowNano: at(1.31),
    highNano: at(1.53),
    method: 'weekdays',
    endsAt,
  }
}
