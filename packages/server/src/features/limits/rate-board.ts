import type { LimitUse, RateAnswer, RateReport } from '@ratchet/contract'
import { shareAllowance, WindowCounter } from '@ratchet/core/limits'

/** An allowance counts so long as given out; processes stop using it sooner. */
const allowanceMs = 1_500
/** Small pieces are not made: calls would wait for control one by one. */
const smallestShare = 1 / 50
const goneMs = 60_000
const mostEntries = 200_000

/** A limit of one subject. */
type RateKey = Pick<RateReport, 'project' | 'name' | 'subject' | 'measure' | 'limit' | 'window' | 'windowMs'>
/** No process has this id. */
const outsideName = 'outside'

type Process = { window: WindowCounter; running: number; held: number; heldUntilMs: number }
type Entry = {
  readonly project: string
  readonly name: string
  readonly subject: string
  readonly measure: RateReport['measure']
  limit: number
  seenMs: number
  readonly processes: Map<string, Process>
}

/**
 * What gateway processes use of rate and concurrency limits just now. In memory: a rate is over in a minute, and every
 * process tells its own again. Gateways that share limits must therefore speak to the same control process.
 */
export class RateBoard {
  readonly #entries = new Map<string, Entry>()

  /** Takes a report and says what the others use, and what the process may use before it asks again. */
  report(
    report: RateReport,
    from: { readonly instance: string; readonly alive: ReadonlySet<string>; readonly nowMs: number },
  ): RateAnswer {
    const { instance, alive, nowMs } = from
    const entry = this.#entryOf(report)
    entry.limit = report.limit
    entry.seenMs = nowMs
    const own = processOf(entry, report, instance)
    own.window.replace(report.parts, nowMs)
    own.running = report.running
    own.held = report.held
    own.heldUntilMs = nowMs + allowanceMs
    const others = [...entry.processes].filter(([name]) => name !== instance)
    const heldByOthers = sum(others, ([name, one]) => heldOf(one, alive.has(name), nowMs))
    const used = sum([...entry.processes], ([name, one]) => usedOf(one, alive.has(name), nowMs))
    const grant =
      alive.size <= 1
        ? 0
        : shareAllowance({
            rest: report.limit - used - heldByOthers - report.held,
            want: report.want,
            need: report.need,
            holders: alive.size,
            floor: Math.max(1, report.limit * smallestShare),
          })
    own.held += grant
    return { grant, others: otherParts(report, others, { alive, nowMs }), heldByOthers }
  }

  /** Adds what was spent outside of any gateway process, as if another one had spent it evenly between two times. */
  addCharge(
    account: RateKey,
    { costNano, fromMs, toMs }: { readonly costNano: number; readonly fromMs: number; readonly toMs: number },
    nowMs: number,
  ): void {
    const entry = this.#entryOf(account)
    entry.limit = account.limit
    entry.seenMs = nowMs
    const outside = processOf(entry, account, outsideName)
    outside.heldUntilMs = nowMs
    outside.window.addOver(costNano, { fromMs, toMs }, nowMs)
  }

  /** The process has ended: nothing runs in it and it holds nothing. What it used stays in the window. */
  leave(instance: string): void {
    for (const entry of this.#entries.values()) {
      const one = entry.processes.get(instance)
      if (one === undefined) continue
      one.running = 0
      one.held = 0
    }
  }

  /** Forgets limits without a report for two windows, and processes that are long gone. */
  sweep(nowMs: number): void {
    for (const [key, entry] of this.#entries) {
      for (const [instance, one] of entry.processes) {
        const isGone = nowMs - one.heldUntilMs > goneMs && one.window.used(nowMs) === 0
        if (isGone) entry.processes.delete(instance)
      }
      const windowMs = Math.max(0, ...[...entry.processes.values()].map(({ window }) => window.windowMs))
      if (nowMs - entry.seenMs > Math.max(5_000, 2 * windowMs)) this.#entries.delete(key)
    }
  }

  /** What is used now, by name and subject. */
  list(project: string, alive: ReadonlySet<string>, nowMs: number): RateUse[] {
    const found: RateUse[] = []
    for (const entry of this.#entries.values()) {
      if (entry.project !== project) continue
      const processes = [...entry.processes]
      const used = sum(processes, ([name, one]) => usedOf(one, alive.has(name), nowMs))
      const resetMs = Math.max(0, ...processes.map(([, { window }]) => window.msUntilEmpty(nowMs)))
      const windowMs = Math.max(0, ...processes.map(([, { window }]) => window.windowMs))
      const { name, subject, limit, measure } = entry
      found.push({ name, subject, limit, used, resetMs, windowMs, unit: units[measure] })
    }
    return found
  }

  #entryOf(report: RateKey): Entry {
    const { project, name, subject, measure } = report
    const key = JSON.stringify([project, name, subject, measure, report.window, report.windowMs])
    const known = this.#entries.get(key)
    if (known !== undefined) return known
    if (this.#entries.size >= mostEntries) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest)
        break
      }
    }
    const entry: Entry = { project, name, subject, measure, limit: 0, seenMs: 0, processes: new Map() }
    this.#entries.set(key, entry)
    return entry
  }
}

export type RateUse = Pick<LimitUse, 'name' | 'subject' | 'limit' | 'used' | 'unit'> & {
  readonly resetMs: number
  readonly windowMs: number
}

const units = {
  requests: 'requests',
  tokens: 'tokens',
  cost: 'nano-dollars',
  concurrency: 'running',
} as const

function processOf(entry: Entry, report: RateKey, instance: string): Process {
  const known = entry.processes.get(instance)
  if (known !== undefined) return known
  const window = new WindowCounter(report.window, report.windowMs)
  const made = { window, running: 0, held: 0, heldUntilMs: 0 }
  entry.processes.set(instance, made)
  return made
}

/** What a dead process has used stays in the window; what ran in it does not run any more. */
function usedOf({ window, running }: Process, isAlive: boolean, nowMs: number): number {
  return window.used(nowMs) + (isAlive ? running : 0)
}

function heldOf({ held, heldUntilMs }: Process, isAlive: boolean, nowMs: number): number {
  return isAlive && nowMs < heldUntilMs ? held : 0
}

function otherParts(
  report: RateReport,
  others: readonly [string, Process][],
  { alive, nowMs }: { alive: ReadonlySet<string>; nowMs: number },
): [number, number][] {
  if (report.measure === 'concurrency') {
    const running = sum(others, ([name, one]) => (alive.has(name) ? one.running : 0))
    return running === 0 ? [] : [[0, running]]
  }
  const parts = new Map<number, number>()
  for (const [, { window }] of others) {
    for (const [part, amount] of window.parts(nowMs)) parts.set(part, (parts.get(part) ?? 0) + amount)
  }
  return [...parts].toSorted(([a], [b]) => a - b)
}

function sum<Item>(items: readonly Item[], amountOf: (item: Item) => number): number {
  return items.reduce((total, item) => total + amountOf(item), 0)
}
