import type {
  CascadeCheck,
  FailureKind,
  ModelPrice,
  ModelRoute,
  RouteCascade,
  RouteRetries,
  RouteTarget,
  RouteTimeouts,
} from '@ratchet/contract'
import type { CompiledCondition } from '@ratchet/core/conditions'
import type { CompiledConnection } from '../snapshot/compile-snapshot.ts'

/** A model of a connection that a route may ask, with everything that is asked of it in one lookup. */
export type CompiledTarget = {
  /** `connection/model`; what spans and messages call it. */
  readonly name: string
  /** What `HealthRegistry` knows it by. */
  readonly healthKey: string
  readonly connection: CompiledConnection
  readonly model: string
  readonly weight: number
  /** Used only for requests that meet this. */
  readonly when: CompiledCondition | undefined
  /** The route's, overridden by the target's own. */
  readonly timeouts: RouteTimeouts
  /** Fields to set in the body. */
  readonly parameters: RouteTarget['parameters']
  readonly price: ModelPrice | undefined
  /** Of the name, for sticky requests. */
  readonly hash: number
}

export type CompiledPool = {
  readonly strategy: ModelRoute['strategy']
  readonly sticky: ModelRoute['sticky']
  readonly targets: readonly CompiledTarget[]
}

export type CompiledRule = {
  readonly name: string
  readonly when: CompiledCondition
  readonly pool: CompiledPool
}

export type CompiledWorth = {
  readonly points: readonly { readonly when: CompiledCondition; readonly points: number }[]
  readonly threshold: number
  readonly high: CompiledPool
  readonly low: CompiledPool
}

export type CompiledCascade = {
  readonly steps: CompiledPool
  readonly checks: readonly CascadeCheck[]
  readonly whenStrongerFails: RouteCascade['whenStrongerFails']
}

/** A route with its conditions as functions and its models found; what is unknown was left out. */
export type CompiledRoute = {
  readonly name: string
  /** Changes with everything that may change an answer, so that a cache does not outlive it. */
  readonly fingerprint: string
  readonly pool: CompiledPool
  readonly rules: readonly CompiledRule[]
  readonly worth: CompiledWorth | undefined
  readonly cascade: CompiledCascade | undefined
  readonly retries: RouteRetries
  readonly retryOn: ReadonlySet<FailureKind>
  readonly fallbackOn: ReadonlySet<FailureKind>
  readonly timeouts: RouteTimeouts
  readonly hedgeAfterMs: number | undefined
  readonly dropUnsupported: boolean
  readonly baseline: CompiledTarget | undefined
  readonly cache: string | undefined
  readonly guardrails: readonly string[]
  /** Sentences for the console and the log: models that were left out, settings without effect. */
  readonly problems: readonly string[]
}
