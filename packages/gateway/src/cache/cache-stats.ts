import type { CacheCounts } from '@ratchet/contract'
import { tokenF1 } from '@ratchet/core/text-metrics'
import type { CacheOutcome } from './cache-headers.ts'
import type { AnswerFacts } from './cached-answer.ts'

/** What one cache policy did since the process started. */
export type PolicyStats = { readonly project: string; readonly policy: string } & CacheCounts

const disagreement = 0.5
const maxPolicies = 2_000

/** Counters by project and policy. */
export class CacheStats {
  /** Hits that had to wait for the call that asked; they are among the hits. */
  coalesced = 0
  readonly #policies = new Map<string, PolicyStats>()

  count(project: string, policy: string, outcome: CacheOutcome): void {
    const stats = this.#of(project, policy)
    if (outcome === 'coalesced') this.coalesced += 1
    if (outcome === 'hit' || outcome === 'coalesced') stats.hits += 1
    else if (outcome === 'semantic-hit') stats.semanticHits += 1
    else if (outcome === 'miss') stats.misses += 1
    else stats.bypasses += 1
  }

  /** For a hit: what it has saved. */
  countSaved({ project, policy, costKnown, costNano, latencyMs }: AnswerFacts): void {
    const stats = this.#of(project, policy)
    if (costKnown) stats.savedNano += costNano
    stats.savedMs += latencyMs
  }

  /** Records what a sampled semantic hit would have given, against what the model says now; returns how much agrees. */
  recordCheck(
    project: string,
    policy: string,
    texts: { readonly kept: string; readonly fresh: string },
  ): number {
    const agreement = tokenF1(texts.kept, texts.fresh).f1
    const stats = this.#of(project, policy)
    stats.checks += 1
    stats.agreement += agreement
    if (agreement < disagreement) stats.disagreements += 1
    return agreement
  }

  list(): readonly PolicyStats[] {
    return [...this.#policies.values()]
  }

  #of(project: string, policy: string): PolicyStats {
    const key = `${project} ${policy}`
    const known = this.#policies.get(key)
    if (known !== undefined) return known
    // Policies come and go with the configuration; their old counters are of no use to anyone.
    if (this.#policies.size >= maxPolicies) this.#policies.clear()
    const made = {
      project,
      policy,
      hits: 0,
      semanticHits: 0,
      misses: 0,
      bypasses: 0,
      savedNano: 0,
      savedMs: 0,
      checks: 0,
      agreement: 0,
      disagreements: 0,
    }
    this.#policies.set(key, made)
    return made
  }
}

/** True for the share of semantic hits that are to be asked again; `random` is from 0 to below 1. */
export function wantsCheck(checkShare: number, random: number): boolean {
  return random < checkShare
}
