import type { ProtectionSettings } from './protection-settings.ts'

/** Why a new call is refused. */
export type ShedReason = 'delay' | 'calls' | 'memory'

type Bounds = Pick<ProtectionSettings, 'shedDelayMs' | 'shedCalls' | 'shedMemoryBytes'>

const tickMs = 50
/** One pause, however it came, is no overload; pauses without end are. */
const smoothingMs = 2_000
const ticksPerMemoryLook = 10
/** Calls of priority 8 and 9 pass until the bounds are exceeded by so much. */
const prioritySlack = 1.2

/** Knows how loaded this process is: delay of its event loop, memory, and, as told, calls in flight. */
export class LoadMonitor {
  readonly #bounds: Bounds
  readonly #residentBytes: () => number
  #timer: NodeJS.Timeout | undefined
  #ticks = 0
  #tickedMs = 0
  #delayMs = 0
  #memoryBytes = 0

  constructor(bounds: Bounds, residentBytes = () => process.memoryUsage.rss()) {
    this.#bounds = bounds
    this.#residentBytes = residentBytes
  }

  /** Smoothed over two seconds. */
  get delayMs(): number {
    return this.#delayMs
  }

  start(): void {
    this.#tickedMs = performance.now()
    this.#timer = setInterval(() => this.tick(performance.now()), tickMs).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** One look at the clock, which should come every 50 ms. */
  tick(nowMs: number): void {
    const elapsedMs = nowMs - this.#tickedMs
    this.#tickedMs = nowMs
    const lateMs = Math.max(0, elapsedMs - tickMs)
    this.#delayMs += (lateMs - this.#delayMs) * (1 - Math.exp(-elapsedMs / smoothingMs))
    if (this.#ticks++ % ticksPerMemoryLook === 0) this.#memoryBytes = this.#residentBytes()
  }

  /** Why a call must be refused now; undefined when it may come in. */
  refusalOf(activeCalls: number, priority: number | undefined): ShedReason | undefined {
    const { shedDelayMs, shedCalls, shedMemoryBytes } = this.#bounds
    const slack = priority !== undefined && priority >= 8 ? prioritySlack : 1
    if (shedCalls > 0 && activeCalls >= shedCalls * slack) return 'calls'
    if (shedDelayMs > 0 && this.#delayMs > shedDelayMs * slack) return 'delay'
    return shedMemoryBytes > 0 && this.#memoryBytes > shedMemoryBytes * slack ? 'memory' : undefined
  }
}
