import {
  budget,
  cachePolicy,
  gatewayConfig,
  guardrail,
  modelRoute,
  priceOverride,
  rateLimit,
  type GatewayConfig,
} from '@ratchet/contract'
import type { z } from 'zod'

type Json = { [key: string]: unknown }

const itemSchemas = {
  routes: modelRoute,
  limits: rateLimit,
  budgets: budget,
  prices: priceOverride,
  caches: cachePolicy,
  guardrails: guardrail,
} as const

/**
 * A configuration as a person would write it: without what it would be anyway. Reading the result gives the same
 * configuration.
 */
export function leanConfig(config: GatewayConfig): Json {
  const lean: Json = {}
  for (const [section, schema] of Object.entries(itemSchemas)) {
    const items = Object.entries(config).find(([name]) => name === section)?.[1]
    if (!Array.isArray(items) || items.length === 0) continue
    lean[section] = items.map((item) => leanItem(item, schema))
  }
  const defaults = prune(config.defaults, (candidate) => isSame(parse(candidate), config.defaults))
  return Object.keys(defaults).length === 0 ? lean : { ...lean, defaults }

  function parse(candidate: Json): unknown {
    return gatewayConfig.shape.defaults.safeParse(candidate).data
  }
}

/** An item of a section in the same way; what is no item of the section is given back as it is. */
export function leanSectionItem(section: string, item: unknown): unknown {
  const schema = Object.entries(itemSchemas).find(([name]) => name === section)?.[1]
  return schema === undefined || typeof item !== 'object' || item === null ? item : leanItem(item, schema)
}

function leanItem(item: object, schema: z.ZodType): Json {
  return prune(item, (candidate) => isSame(schema.safeParse(candidate).data, item))
}

/** Leaves out every field, at any depth, without which `meansTheSame` still holds. */
function prune(item: object, meansTheSame: (candidate: Json) => boolean): Json {
  const root: Json = structuredClone({ ...item })
  visit(root)
  return root

  function visit(node: unknown): void {
    if (Array.isArray(node)) return node.forEach(visit)
    if (typeof node !== 'object' || node === null) return
    const fields = node as Json
    for (const [key, value] of Object.entries(fields)) {
      delete fields[key]
      if (meansTheSame(root)) continue
      fields[key] = value
      visit(value)
    }
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]),
  )
}
