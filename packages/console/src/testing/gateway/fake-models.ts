import type {
  Connection,
  KnownAbilities,
  Model,
  ModelPrice,
  RouteTraffic,
  TargetTraffic,
} from '@ratchet/contract'
import { fakeShare, fakeUuid, minutesBefore } from '../fake-ids.ts'
import type { FakeSize } from '../fake-size.ts'

const offline = (now: Date): Connection => ({
  id: fakeUuid(7),
  name: 'offline',
  provider: 'offline',
  settings: {},
  keys: [],
  allowPrivate: false,
  origin: 'built-in',
  createdAt: minutesBefore(now, 900),
})

/** Connections of every origin and state. */
export function fakeConnections(size: FakeSize, now: Date): Connection[] {
  if (size === 'empty') return [offline(now)]
  const key = (seed: number, preview: string, usedMinutes?: number) => ({
    id: fakeUuid(seed),
    preview,
    addedAt: minutesBefore(now, 700),
    ...(usedMinutes === undefined ? {} : { lastUsedAt: minutesBefore(now, usedMinutes) }),
  })
  const test = (ok: boolean, message: string, latencyMs: number) => ({
    ok,
    message,
    latencyMs,
    at: minutesBefore(now, 30),
  })
  const stored = { settings: {}, allowPrivate: false, createdAt: minutesBefore(now, 700) }
  const typical: Connection[] = [
    offline(now),
    {
      ...stored,
      id: fakeUuid(8),
      name: 'openai',
      provider: 'openai',
      baseUrl: 'https://api.openai.com/v1',
      keys: [key(9, '9fK2', 1), key(10, 'Qx71', 4)],
      keyPreview: '9fK2',
      origin: 'stored',
      lastTest: test(true, 'Answered with 84 models', 212),
    },
    {
      ...stored,
      id: fakeUuid(11),
      name: 'azure',
      provider: 'azure-openai',
      baseUrl: 'https://contoso-eu.openai.azure.com',
      settings: { resource: 'contoso-eu', apiVersion: '2024-10-21' },
      keys: [key(12, 'a41c')],
      keyPreview: 'a41c',
      origin: 'stored',
      lastTest: test(false, 'Answered 401: the key is not valid for this resource', 96),
    },
    {
      ...stored,
      id: fakeUuid(13),
      name: 'anthropic',
      provider: 'anthropic',
      baseUrl: 'https://api.anthropic.com/v1',
      keys: [key(14, 'zz9A', 2)],
      keyPreview: 'zz9A',
      origin: 'environment',
      lastTest: test(true, 'Answered with 9 models', 341),
    },
    {
      ...stored,
      id: fakeUuid(15),
      name: 'ollama',
      provider: 'ollama',
      baseUrl: 'http://127.0.0.1:11434/v1',
      keys: [],
      allowPrivate: true,
      origin: 'stored',
    },
  ]
  if (size === 'typical') return typical
  const more = Array.from({ length: 60 }, (_, index): Connection => ({
    ...typical[1]!,
    id: fakeUuid(400 + index),
    name: `a-connection-with-a-name-as-long-as-they-may-be-${String(index)}`,
  }))
  return [...typical, ...more]
}

const price = (input: number, output: number, cached?: number): ModelPrice => ({
  inputNano: input * 1e9,
  outputNano: output * 1e9,
  ...(cached === undefined ? {} : { cachedInputNano: cached * 1e9 }),
  source: 'price list of 2026-11-01',
})

const chat: KnownAbilities = {
  abilities: ['streaming', 'tools', 'images-in', 'structured-output', 'reasoning'],
  lacks: ['logprobs'],
  maxOutputTokens: 128_000,
}
const small: KnownAbilities = { abilities: ['streaming', 'tools'], lacks: ['images-in', 'reasoning'] }
const embeddings: KnownAbilities = { abilities: ['embeddings'], lacks: [] }
const unknown: KnownAbilities = { abilities: ['streaming'], lacks: [] }

/** Models with and without prices. */
export function fakeModels(size: FakeSize): Model[] {
  const built: Model[] = [
    { id: 'offline/extractive', connection: 'offline', kind: 'chat', note: 'not a language model', ...small },
    { id: 'offline/embedding', connection: 'offline', kind: 'embedding', ...embeddings },
  ]
  if (size === 'empty') return built
  const model = (
    id: string,
    known: KnownAbilities,
    own: ModelPrice | undefined,
    kind: Model['kind'] = 'chat',
  ): Model => ({
    id,
    connection: id.slice(0, id.indexOf('/')),
    kind,
    ...(own === undefined ? {} : { price: own }),
    ...known,
  })
  return [
    { ...model('app/docs-assistant', unknown, undefined), note: 'deployed r3' },
    ...built,
    model('openai/gpt-5', chat, {
      ...price(1.25, 10, 0.125),
      searchNano: 10_000_000,
      fileSearchNano: 2_500_000,
      batchShare: 0.5,
    }),
    model('openai/gpt-5-mini', chat, price(0.25, 2, 0.025)),
    model('openai/text-embedding-3-small', embeddings, price(0.02, 0), 'embedding'),
    model('azure/gpt-5-mini', chat, { ...price(0.2, 1.6), batchShare: 0.5, source: 'override' }),
    model('anthropic/claude-haiku-4-5', chat, { ...price(1, 5, 0.1), cacheWriteHourNano: 2e9 }),
    model('anthropic/claude-sonnet-4-5', chat, {
      ...price(3, 15, 0.3),
      tiers: [{ aboveInputTokens: 200_000, inputNano: 6e9, outputNano: 22.5e9, cachedInputNano: 0.6e9 }],
    }),
    model('ollama/qwen3:8b', unknown, undefined),
  ]
}

/** Traffic of the last hour: one healthy, one slow, one failing target. */
export function fakeTargets(size: FakeSize, now: Date): TargetTraffic[] {
  if (size === 'empty') return []
  const target = (name: string, calls: number, errorShare: number, p50Ms: number): TargetTraffic => {
    const [connection = '', model = ''] = name.split('/')
    const errors = Math.round(calls * errorShare)
    return {
      connection,
      model,
      calls,
      errors,
      cancelled: 0,
      ...(errors === calls ? {} : { p50Ms, p95Ms: p50Ms * 3.1, firstTokenMs: p50Ms * 0.3 }),
      costNano: calls * 412_000,
      ...(errors === 0 ? {} : { lastError: 'provider_unreachable', lastErrorAt: minutesBefore(now, 2) }),
      series: Array.from({ length: 30 }, (_, index) => {
        const part = Math.round((calls / 30) * (0.5 + fakeShare(index + calls)))
        return {
          at: minutesBefore(now, 60 - index * 2),
          calls: part,
          errors: Math.round(part * errorShare),
        }
      }),
    }
  }
  return [
    target('openai/gpt-5-mini', 1_240, 0.004, 620),
    target('anthropic/claude-haiku-4-5', 212, 0, 740),
    target('azure/gpt-5-mini', 61, 0.72, 1_910),
    target('openai/gpt-5', 143, 0.02, 2_410),
  ]
}

/** What came in by the names of routes. */
export function fakeRouteTraffic(size: FakeSize): RouteTraffic[] {
  if (size === 'empty') return []
  const route = (name: string, calls: number, errors: number, retried: number): RouteTraffic => ({
    route: name,
    calls,
    errors,
    retried,
    cached: name === 'support' ? 120 : 0,
    costNano: calls * 410_000,
    ...(name === 'chat' ? { savedNano: calls * 1_900_000 } : {}),
    branches: [{ branch: 'targets', calls }],
  })
  return [route('chat', 1_204, 3, 58), route('support', 391, 9, 4)]
}
