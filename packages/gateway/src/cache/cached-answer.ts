import type { Usage } from '@ratchet/contract'

/** What is known of a kept answer; with it on disk, as JSON. */
export type AnswerFacts = {
  readonly project: string
  readonly policy: string
  /** `connection/model` that gave the answer. */
  readonly model: string
  readonly provider: string
  /** Name of the route, empty for calls that named a model. */
  readonly route: string
  readonly contentType: string
  readonly createdAtMs: number
  readonly expiresAtMs: number
  readonly usage: Usage
  /** What the answer cost, and so what a hit saves. */
  readonly costNano: number
  readonly costKnown: boolean
  /** How long the model took, and so how much sooner a hit comes. */
  readonly latencyMs: number
}

/** A whole answer, not streamed, in the format of the client that asked for it. */
export type CachedAnswer = {
  readonly facts: AnswerFacts
  readonly body: Buffer
}

/** Which answers to forget; those that meet all that is given. Nothing given: all of them. */
export type AnswerFilter = {
  readonly project?: string
  readonly policy?: string
  readonly model?: string
  /** First characters of the key, as the header `x-ratchet-cache-key` tells it. */
  readonly keyPrefix?: string
  /** Only older ones; makes it safe to apply the same filter again. */
  readonly createdBeforeMs?: number
}

/** The part of the facts that filters look at. */
export type FilteredFacts = Pick<AnswerFacts, 'project' | 'policy' | 'model' | 'createdAtMs'>

export function meetsFilter(key: string, facts: FilteredFacts, filter: AnswerFilter): boolean {
  const { project, policy, model, keyPrefix, createdBeforeMs } = filter
  return (
    (project === undefined || project === facts.project) &&
    (policy === undefined || policy === facts.policy) &&
    (model === undefined || model === facts.model) &&
    (keyPrefix === undefined || key.startsWith(keyPrefix)) &&
    (createdBeforeMs === undefined || facts.createdAtMs < createdBeforeMs)
  )
}

/** True when an answer may still be given; a clock that went back makes it look new, not invalid. */
export function isFresh(
  facts: Pick<AnswerFacts, 'createdAtMs' | 'expiresAtMs'>,
  nowMs: number,
  maxAgeMs: number,
): boolean {
  return nowMs < facts.expiresAtMs && nowMs - facts.createdAtMs < maxAgeMs
}
