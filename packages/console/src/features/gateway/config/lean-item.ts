import {
  budget,
  cachePolicy,
  gatewayConfig,
  guardrail,
  modelRoute,
  priceOverride,
  rateLimit,
} from '@ratchet/contract'
import type { z } from 'zod'

type Json = { [key: string]: unknown }

const schemas: Readonly<Record<string, z.ZodType>> = {
  routes: modelRoute,
  limits: rateLimit,
  budgets: budget,
  prices: priceOverride,
  caches: cachePolicy,
  guardrails: guardrail,
  defaults: gatewayConfig.shape.defaults,
}

/** An item of a section as a person would write it: without what it would be anyway. */
export function leanItem(section: string, item: unknown): unknown {
  const schema = schemas[section]
  if (schema === undefined || typeof item !== 'object' || item === null) return item
  const wanted = print(item)
  const root: Json = structuredClone({ ...item })
  visit(root)
  return root

  function visit(node: unknown): void {
    if (Array.isArray(node)) return node.forEach(visit)
    if (typeof node !== 'object' || node === null) return
    const fields = node as Json
    for (const [key, value] of Object.entries(fields)) {
      delete fields[key]
      if (print(schema?.safeParse(root).data) === wanted) continue
      fields[key] = value
      visit(value)
    }
  }
}

function print(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
