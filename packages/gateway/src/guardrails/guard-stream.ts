import type { AppError } from '@ratchet/contract'
import { StreamWindow } from '@ratchet/core/guardrails'
import type { Exchange } from '../calls/exchange.ts'
import type { NeutralEvent } from '../neutral/neutral-answer.ts'
import { checkByServices, needsServices } from './check-text.ts'
import type { GuardRule } from './compile-guards.ts'
import { blockedError, GuardReport } from './guard-report.ts'

/** Events that may be sent on now; with `error` nothing may follow them. */
export type GuardedEvents = { readonly events: readonly NeutralEvent[]; readonly error?: AppError }

type Place = { readonly choice: number; readonly part: number }
type Chain = { readonly place: Place; readonly windows: readonly { rule: GuardRule; window: StreamWindow }[] }

const serviceLimitMs = 60_000
const textKinds = new Set(['text', 'refusal', 'reasoning', 'tool-call'])

/**
 * Checks a stream while it passes: each part of the answer has one window for each rule, in the order of the rules, and
 * what one releases the next one checks. For rules in the modes `window` and `observe`; whole answers are for `guardAnswer`.
 */
export class GuardStream {
  readonly #rules: readonly GuardRule[]
  readonly #report: GuardReport
  readonly #exchange: Exchange
  readonly #chains = new Map<string, Chain>()
  readonly #asksServices: boolean
  #said = ''
  #isWritten = false

  constructor(exchange: Exchange, rules: readonly GuardRule[]) {
    this.#exchange = exchange
    this.#rules = rules
    this.#report = new GuardReport(exchange, 'output')
    this.#asksServices = needsServices(rules)
  }

  get hasIntervened(): boolean {
    return this.#report.hasIntervened
  }

  push(events: readonly NeutralEvent[]): GuardedEvents {
    const passed: NeutralEvent[] = []
    for (const event of events) {
      const error = this.#take(event, passed)
      if (error !== undefined) {
        this.write()
        return { events: passed, error }
      }
    }
    return { events: passed }
  }

  /** Writes the span of what was seen, once. */
  write(): void {
    if (this.#isWritten) return
    this.#isWritten = true
    this.#report.write(this.#exchange)
  }

  /** For rules that only observe: the answer is out, the verdict is recorded when it comes. */
  #askServices(): void {
    if (!this.#asksServices || this.#said === '') return this.write()
    const signal = AbortSignal.timeout(serviceLimitMs)
    const parts = { rules: this.#rules, report: this.#report, signal }
    void checkByServices(this.#exchange, this.#said, parts).finally(() => this.write())
  }

  #take(event: NeutralEvent, passed: NeutralEvent[]): AppError | undefined {
    switch (event.kind) {
      case 'part-start': {
        if (textKinds.has(event.start.kind)) this.#chains.set(keyOf(event), makeChain(event, this.#rules))
        else if (event.start.kind !== 'other') this.#report.notScanned(event.start.kind)
        break
      }
      case 'part-delta': {
        const chain = this.#chains.get(keyOf(event))
        if (chain === undefined) break
        this.#report.scanned(event.text.length)
        if (this.#asksServices) this.#said += event.text
        return this.#run(chain, event.text, { passed, isEnd: false })
      }
      case 'part-end': {
        const chain = this.#chains.get(keyOf(event))
        this.#chains.delete(keyOf(event))
        const error = chain === undefined ? undefined : this.#run(chain, '', { passed, isEnd: true })
        if (error !== undefined) return error
        break
      }
      case 'finish':
      case 'end': {
        // A format that does not end its parts: what is held back is due now.
        for (const [key, chain] of this.#chains) {
          this.#chains.delete(key)
          const error = this.#run(chain, '', { passed, isEnd: true })
          if (error !== undefined) return error
        }
        if (event.kind === 'end') this.#askServices()
        break
      }
      default:
    }
    passed.push(event)
    return undefined
  }

  #run(
    { place, windows }: Chain,
    text: string,
    { passed, isEnd }: { readonly passed: NeutralEvent[]; readonly isEnd: boolean },
  ): AppError | undefined {
    let current = text
    let stopped: AppError | undefined
    for (const { rule, window } of windows) {
      const pushed = current === '' ? undefined : window.push(current)
      const ended = isEnd ? window.end() : undefined
      const findings = [...(pushed?.findings ?? []), ...(ended?.findings ?? [])]
      this.#report.found(rule, findings)
      current = `${pushed?.release ?? ''}${ended?.release ?? ''}`
      if (window.isStopped && findings.length > 0) stopped ??= blockedError(rule, 'output', findings)
    }
    if (current !== '') passed.push({ kind: 'part-delta', ...place, text: current })
    return stopped
  }
}

function makeChain({ choice, part }: Place, rules: readonly GuardRule[]): Chain {
  const windows = rules.map((rule) => ({
    rule,
    window: new StreamWindow({ detectors: rule.local, mode: rule.streaming, action: rule.action }),
  }))
  return { place: { choice, part }, windows }
}

function keyOf({ choice, part }: Place): string {
  return `${choice} ${part}`
}
