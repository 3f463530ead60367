import {
  AppError,
  emptyGatewayConfig,
  type ConfigChange,
  type GatewayConfig,
  gatewayConfig,
} from '@ratchet/contract'
import type { FakeSize } from '../fake-size.ts'

/** A configuration with a route of every shape, limits, guardrails and caches. */
export function fakeConfig(size: FakeSize): GatewayConfig {
  if (size === 'empty') return emptyGatewayConfig
  const many =
    size === 'typical'
      ? []
      : Array.from({ length: 40 }, (_, index) => ({
          name: `a-route-with-a-long-name-for-the-team-that-writes-contracts-${String(index)}`,
          targets: Array.from({ length: 12 }, () => ({ model: 'openai/gpt-5-mini' })),
        }))
  return gatewayConfig.parse({
    routes: [
      {
        name: 'chat',
        description: 'What the website talks to. Azure takes over when OpenAI fails, Anthropic after that.',
        targets: [
          { model: 'openai/gpt-5-mini' },
          { model: 'azure/gpt-5-mini' },
          { model: 'anthropic/claude-haiku-4-5', weight: 0 },
        ],
        baseline: 'openai/gpt-5',
        guardrails: ['personal-data'],
        cache: 'answers',
      },
      {
        name: 'support',
        strategy: 'weighted',
        sticky: 'session',
        rules: [
          {
            name: 'gold',
            when: { field: 'metadata.tier', in: ['gold', 'platinum'] },
            targets: [{ model: 'openai/gpt-5' }],
          },
        ],
        targets: [
          { model: 'openai/gpt-5-mini', weight: 9 },
          { model: 'anthropic/claude-haiku-4-5', weight: 1 },
        ],
      },
      {
        name: 'extract',
        cascade: {
          steps: ['ollama/qwen3:8b', 'openai/gpt-5'],
          checks: [{ type: 'schema' }, { type: 'refusal' }],
        },
      },
      ...many,
    ],
    prices: [
      { model: 'azure/gpt-5-mini', inputUsd: 0.2, outputUsd: 1.6, batchShare: 0.5 },
      {
        model: 'openai/dall-e-3',
        imageUsd: 0.04,
        imageKindsUsd: { 'hd/1024x1024': 0.08, '1024x1792': 0.08 },
      },
      { model: 'openai/tts*', charactersUsd: 15 },
      {
        model: 'gemini/*',
        inputUsd: 1.25,
        outputUsd: 10,
        tiers: [
          { aboveInputTokens: 200_000, inputUsd: 2.5, outputUsd: 15 },
          { aboveInputTokens: 1_000_000, inputUsd: 5, outputUsd: 30 },
        ],
      },
    ],
    limits: [
      { name: 'website-rate', scope: 'key', match: 'website', measure: 'requests', limit: 600 },
      { name: 'each-user', scope: 'user', measure: 'tokens', limit: 40_000, windowSeconds: 3600 },
    ],
    budgets: [
      { name: 'all-of-it', scope: 'project', period: 'month', limitUsd: 400, warnAt: [0.5, 0.8] },
      { name: 'each-key', scope: 'key', period: 'day', limitUsd: 10, action: 'warn' },
    ],
    caches: [
      { name: 'answers', ttlSeconds: 7200 },
      { name: 'meaning', mode: 'semantic' },
    ],
    guardrails: [
      {
        name: 'personal-data',
        rules: [
          {
            name: 'mask',
            detectors: [{ type: 'pii' }],
            on: ['input', 'output'],
            action: 'redact',
            streaming: 'window',
          },
          { name: 'keys', detectors: [{ type: 'secrets' }], on: ['input'], action: 'block' },
        ],
      },
      {
        name: 'injection',
        rules: [
          {
            name: 'signs',
            detectors: [{ type: 'injection' }, { type: 'llama-guard', model: 'ollama/llama-guard3' }],
            on: ['input', 'tool-result'],
            action: 'flag',
          },
        ],
      },
    ],
    defaults: { guardrails: ['injection'] },
  })
}

const sections = ['routes', 'limits', 'budgets', 'prices', 'caches', 'guardrails'] as const

/** Prices are named by their model. */
function nameOf(item: GatewayConfig[(typeof sections)[number]][number]): string {
  return 'name' in item ? item.name : item.model
}

/** What differs, as the server would say it, without the paths inside an item. */
export function fakeChanges(before: GatewayConfig, after: GatewayConfig): ConfigChange[] {
  return sections.flatMap((section) => {
    const names = new Set([...before[section], ...after[section]].map(nameOf))
    return [...names].flatMap((name): ConfigChange[] => {
      const old = before[section].find((item) => nameOf(item) === name)
      const now = after[section].find((item) => nameOf(item) === name)
      const sides = {
        section,
        name,
        ...(old === undefined ? {} : { before: JSON.parse(JSON.stringify(old)) as never }),
        ...(now === undefined ? {} : { after: JSON.parse(JSON.stringify(now)) as never }),
      }
      if (old === undefined) return [{ kind: 'added', ...sides, fields: [] }]
      if (now === undefined) return [{ kind: 'removed', ...sides, fields: [] }]
      const fields = Object.keys({ ...old, ...now }).flatMap((path) => {
        const [was, is] = [old, now].map((item) =>
          JSON.stringify(Object.entries(item).find(([key]) => key === path)?.[1] ?? null),
        )
        return was === is
          ? []
          : [{ path, before: JSON.parse(was!) as never, after: JSON.parse(is!) as never }]
      })
      return fields.length === 0 ? [] : [{ kind: 'changed', ...sides, fields }]
    })
  })
}

/** The newest version has moved on since it was read. */
export function fakeConflict(base: number, newest: number): AppError {
  return new AppError('conflict', {
    message: `The gateway configuration is at version ${String(newest)} by now, written by grace, and yours was made from version ${String(base)}. Meanwhile routes "support" was changed. Read it again, and apply your change to it.`,
  })
}
