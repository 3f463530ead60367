import {
  defaultHealthSettings,
  TargetHealth,
  type BreakerChange,
  type HealthReport,
  type HealthSettings,
} from './target-health.ts'

type RegistryOptions = {
  readonly settings?: Partial<HealthSettings>
  /** Called on the request path; must not throw. */
  readonly onChange?: (change: BreakerChange) => void
  /** Targets that are remembered at once; default 5,000. */
  readonly maxTargets?: number
}

/**
 * Health of all targets, by `CompiledTarget.healthKey`; one for the whole process, so that it outlives snapshots.
 * Bounded: when it is full, the targets that were idle longest are forgotten; only running ones never are.
 */
export class HealthRegistry {
  readonly #targets = new Map<string, TargetHealth>()
  readonly #settings: HealthSettings
  readonly #onChange: (change: BreakerChange) => void
  readonly #maxTargets: number

  constructor(options: RegistryOptions = {}) {
    this.#settings = { ...defaultHealthSettings, ...options.settings }
    this.#onChange = options.onChange ?? ignoreChange
    this.#maxTargets = options.maxTargets ?? 5_000
  }

  /** For a call that is sent now. */
  of(key: string, nowMs: number): TargetHealth {
    const known = this.#targets.get(key)
    if (known !== undefined) return known
    if (this.#targets.size >= this.#maxTargets) this.#forgetIdle(nowMs)
    const made = new TargetHealth({ key, settings: this.#settings, onChange: this.#onChange })
    made.lastUsedMs = nowMs
    this.#targets.set(key, made)
    return made
  }

  /** What is known; undefined for a target that was not called yet, which is as good as healthy. */
  peek(key: string): TargetHealth | undefined {
    return this.#targets.get(key)
  }

  readyAtMs(key: string, nowMs: number): number {
    return this.#targets.get(key)?.readyAtMs(nowMs) ?? 0
  }

  describe(nowMs: number): HealthReport[] {
    return [...this.#targets.values()].map((target) => target.describe(nowMs))
  }

  /**
   * Makes room for a tenth, so that it does not happen for every new target. Broken ones go last, but they go too:
   * callers who make up names of models would fill the memory with them.
   */
  #forgetIdle(nowMs: number): void {
    const rank = (target: TargetHealth) => (target.isIdle(nowMs) ? 0 : 1)
    const idle = [...this.#targets]
      .filter(([, target]) => target.inFlight === 0)
      .toSorted(([, a], [, b]) => rank(a) - rank(b) || a.lastUsedMs - b.lastUsedMs)
    const count = Math.max(1, Math.floor(this.#maxTargets / 10))
    for (const [key] of idle.slice(0, count)) this.#targets.delete(key)
  }
}

function ignoreChange(): void {}
