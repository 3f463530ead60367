import type { z } from 'zod'
import { cachePolicy, gatewayConfig, type GatewayConfig } from './gateway-config.ts'
import { budget, rateLimit } from './gateway-limits.ts'
import { modelRoute } from './gateway-routes.ts'
import { guardrail } from '../guardrails/guardrails.ts'
import { priceOverride } from '../catalog/price-override.ts'

type Json = { [key: string]: unknown }

const itemSchemas = {
  routes: modelRoute,
  limits: rateLimit,
  budgets: budget,
  prices: priceOverride,
  caches: cachePolicy,
  guardrails: guardrail,
} as const

const schemas = { ...itemSchemas, defaults: gatewayConfig.shape.defaults } as const

/**
 * A configuration as a person would write it: without what it would be anyway. Reading the result gives the same
 * configuration.
 */
export function leanConfig(config: GatewayConfig): Json {
  const sections: Json = {}
  for (const [section, schema] of Object.entries(itemSchemas)) {
    const items = Object.entries(config).find(([name]) => name === section)?.[1]
    if (!Array.isArray(items) || items.length === 0) continue
    sections[section] = items.map((item) => lean(item, schema))
  }
  const defaults = lean(config.defaults, schemas.defaults)
  return Object.keys(defaults).length === 0 ? sections : { ...sections, defaults }
}

/** An item of a section, or the defaults, in the same way; what is none of them is given back as it is. */
export function leanItem(section: string, item: unknown): unknown {
  const schema = Object.entries(schemas).find(([name]) => name === section)?.[1]
  return schema === undefined || typeof item !== 'object' || item === null ? item : lean(item, schema)
}

function lean(item: object, schema: z.ZodType): Json {
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
