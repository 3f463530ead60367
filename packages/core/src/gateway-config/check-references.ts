import { suggestNames } from '../graph/index.ts'
import type { CheckContext } from './check-config.ts'

/** Checks the names of a cache and of guardrails, in a route or in the defaults. */
export function checkReferences(
  { config, report }: CheckContext,
  part: { readonly cache?: string | undefined; readonly guardrails: readonly string[] },
  path: string,
): void {
  const caches = config.caches.map((cache) => cache.name)
  if (part.cache !== undefined && !caches.includes(part.cache)) {
    const suggestion = suggestNames(part.cache, caches) || 'Describe it under "caches".'
    report('error', `${path}.cache`, `There is no cache "${part.cache}".`, suggestion)
  }
  const guardrails = config.guardrails.map((guardrail) => guardrail.name)
  part.guardrails.forEach((name, index) => {
    if (guardrails.includes(name)) return
    const suggestion = suggestNames(name, guardrails) || 'Describe it under "guardrails".'
    report('error', `${path}.guardrails[${index}]`, `There is no guardrail "${name}".`, suggestion)
  })
}
