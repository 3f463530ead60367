import type { AppError } from '@ratchet/contract'
import { StreamWindow } from '@ratchet/core/guardrails'
import type { Exchange } from '../calls/exchange.ts'
import type { NeutralEvent, PartStart } from '../neutral/neutral-answer.ts'
import { checkStrings, type Check } from './check-strings.ts'
import { checkByServices, checkLocally, needsServices } from './check-text.ts'
import type { GuardRule } from './compile-guards.ts'
import { blockedError, GuardReport } from './guard-report.ts'

/** Events that may be sent on now; with `error` nothing may follow them. */
export type GuardedEvents = { readonly events: readonly NeutralEvent[]; readonly error?: AppError }

type Place = { readonly choice: number; readonly part: number }
type Chain = {
  readonly place: Place
  readonly windows: readonly { rule: GuardRule; window: StreamWindow }[]
  /** What was said is not what is sent on. */
  isAltered: boolean
  readonly proofs: NeutralEvent[]
}
type Logprobs = NeutralEvent & { readonly kind: 'logprobs' }

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
  /** Those that may take something out of what passes, or stop it. */
  readonly #holding: readonly GuardRule[]
  #logprobs: Logprobs[] = []
  #stopped: AppError | undefined
  #said = ''
  #isWritten = false

  constructor(exchange: Exchange, rules: readonly GuardRule[]) {
    this.#exchange = exchange
    this.#rules = rules
    this.#report = new GuardReport(exchange, 'output')
    this.#asksServices = needsServices(rules)
    this.#holding = rules.filter(({ streaming, action }) => streaming !== 'observe' && action !== 'flag')
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
        const { kind } = event.start
        if (textKinds.has(kind)) this.#chains.set(keyOf(event), makeChain(event, kind, this.#rules))
        else if (kind !== 'other') this.#report.notScanned(kind)
        break
      }
      case 'part-delta': {
        const chain = this.#chains.get(keyOf(event))
        if (chain === undefined) break
        this.#report.scanned(event.text.length)
        if (this.#asksServices) this.#said += event.text
        return this.#run(chain, event.text, { passed, isEnd: false })
      }
      case 'part-proof': {
        // It proves what was thought: whether that is what is told is known when the part ends.
        const chain = this.#chains.get(keyOf(event))
        if (chain === undefined || this.#holding.length === 0) break
        chain.proofs.push(event)
        return undefined
      }
      case 'part-end': {
        const chain = this.#chains.get(keyOf(event))
        this.#chains.delete(keyOf(event))
        const error = chain === undefined ? undefined : this.#run(chain, '', { passed, isEnd: true })
        if (error !== undefined) return error
        break
      }
      case 'logprobs': {
        // Tokens say what is still held back, or was taken out.
        if (this.#holding.length === 0) break
        this.#logprobs.push(event)
        return undefined
      }
      case 'finish':
      case 'end': {
        // A format that does not end its parts: what is held back is due now.
        for (const [key, chain] of this.#chains) {
          this.#chains.delete(key)
          const error = this.#run(chain, '', { passed, isEnd: true })
          if (error !== undefined) return error
        }
        if (!this.hasIntervened) passed.push(...this.#logprobs)
        this.#logprobs = []
        if (event.kind === 'end') this.#askServices()
        break
      }
      default:
    }
    passed.push(this.#checkAside(event))
    return this.#stopped
  }

  /** What an event says besides deltas: sources, transcripts, and what only its own format has. */
  #checkAside(event: NeutralEvent): NeutralEvent {
    const said = asideOf(event)
    if (said === undefined || this.#holding.length === 0) return event
    const check: Check = (text) => {
      const { text: checked, stop } = checkLocally(text, {
        rules: this.#holding,
        report: this.#report,
        form: 'aside',
      })
      this.#stopped ??= stop?.error
      return checked
    }
    return checkStrings(event, check)
  }

  #run(
    chain: Chain,
    text: string,
    { passed, isEnd }: { readonly passed: NeutralEvent[]; readonly isEnd: boolean },
  ): AppError | undefined {
    const { place, windows } = chain
    let current = text
    let stopped: AppError | undefined
    for (const { rule, window } of windows) {
      const pushed = current === '' ? undefined : window.push(current)
      const ended = isEnd ? window.end() : undefined
      const findings = [...(pushed?.findings ?? []), ...(ended?.findings ?? [])]
      this.#report.found(rule, findings)
      if (findings.length > 0 && rule.action === 'redact') chain.isAltered = true
      current = `${pushed?.release ?? ''}${ended?.release ?? ''}`
      if (window.isStopped && findings.length > 0) stopped ??= blockedError(rule, 'output', findings)
    }
    if (current !== '') passed.push({ kind: 'part-delta', ...place, text: current })
    if (isEnd && !chain.isAltered && stopped === undefined) passed.push(...chain.proofs)
    return stopped
  }
}

function makeChain({ choice, part }: Place, kind: string, rules: readonly GuardRule[]): Chain {
  const form = kind === 'tool-call' ? 'json' : kind === 'reasoning' ? 'aside' : 'text'
  const windows = rules.map((rule) => {
    const { local, streaming, action } = rule
    const isJson = form === 'json'
    return { rule, window: new StreamWindow({ detectors: local[form], mode: streaming, action, isJson }) }
  })
  return { place: { choice, part }, windows, isAltered: false, proofs: [] }
}

function asideOf(event: NeutralEvent): unknown {
  switch (event.kind) {
    case 'part-citation':
    case 'part-transcript':
    case 'choice-fields':
    case 'answer-fields':
      return event
    case 'part-start':
      return event.start.kind === 'other' || extraOf(event.start) !== undefined ? event : undefined
    case 'part-end':
      return event.final ?? event.extra
    case 'other':
      return event.value
    default:
      return undefined
  }
}

function extraOf(start: PartStart): unknown {
  return 'extra' in start ? start.extra : undefined
}

function keyOf({ choice, part }: Place): string {
  return `${choice} ${part}`
}
