import { AppError, type GuardrailPlace } from '@ratchet/contract'
import type { Finding } from '@ratchet/core/guardrails'
import type { Exchange } from '../calls/exchange.ts'
import type { GuardRule } from './compile-guards.ts'

/** What was found, without the text it was found in. */
type Entry = {
  readonly guardrail: string
  readonly rule: string
  readonly action: string
  readonly detector: string
  readonly kind: string
  readonly score: number
  readonly detail?: string
  count: number
}

type Verdict = 'passed' | 'flagged' | 'redacted' | 'asked-again' | 'blocked'

const entryLimit = 200

/** What the guardrails of one place saw of one call; becomes one span of type `guard`. */
export class GuardReport {
  readonly place: GuardrailPlace
  readonly #entries = new Map<string, Entry>()
  readonly #notScanned = new Set<string>()
  readonly #startMs = performance.now()
  readonly #startUs: number
  #scannedChars = 0
  #verdict: Verdict = 'passed'

  constructor(exchange: Exchange, place: GuardrailPlace) {
    this.place = place
    this.#startUs = exchange.parts.clock.nowUs()
  }

  scanned(chars: number): void {
    this.#scannedChars += chars
  }

  /** Something that no detector can read (an image, a sound, a check that failed): recorded, never silently passed. */
  notScanned(what: string): void {
    this.#notScanned.add(what)
  }

  found(rule: GuardRule, findings: readonly Finding[]): void {
    for (const { detector, kind, score, detail } of findings) {
      const key = `${rule.guardrail} ${rule.name} ${detector} ${kind}`
      const known = this.#entries.get(key)
      if (known !== undefined) known.count += 1
      else if (this.#entries.size < entryLimit) {
        const { guardrail, name, action } = rule
        const more = detail === undefined ? {} : { detail }
        this.#entries.set(key, { guardrail, rule: name, action, detector, kind, score, ...more, count: 1 })
      }
    }
    if (findings.length === 0) return
    this.#raise(verdictOf[rule.action])
  }

  /** Something was taken out, or was refused. */
  get hasIntervened(): boolean {
    return this.#verdict !== 'passed' && this.#verdict !== 'flagged'
  }

  get isBlocked(): boolean {
    return this.#verdict === 'blocked'
  }

  write(exchange: Exchange): void {
    const findings = [...this.#entries.values()]
    const attributes = {
      place: this.place,
      verdict: this.#verdict,
      scanned_chars: this.#scannedChars,
      ...(this.#notScanned.size === 0 ? {} : { not_scanned: [...this.#notScanned] }),
      findings,
    }
    const names = [...new Set(findings.map(({ guardrail }) => guardrail))]
    exchange.writeInnerSpan(
      {
        name: `guardrails ${this.place}`,
        type: 'guard',
        status: this.isBlocked ? 'error' : 'ok',
        errorCode: this.isBlocked ? 'guardrail_blocked' : '',
        output: this.#verdict === 'passed' ? '' : `${this.#verdict}: ${names.join(', ')}`,
        attributes: JSON.stringify(attributes),
      },
      {
        startUs: this.#startUs,
        durationUs: Math.max(0, Math.round((performance.now() - this.#startMs) * 1000)),
      },
    )
  }

  #raise(verdict: Verdict): void {
    if (verdicts.indexOf(verdict) > verdicts.indexOf(this.#verdict)) this.#verdict = verdict
  }
}

const verdicts = ['passed', 'flagged', 'redacted', 'asked-again', 'blocked'] as const
const verdictOf = {
  flag: 'flagged',
  redact: 'redacted',
  'ask-again': 'asked-again',
  block: 'blocked',
} as const

/** What a refused caller is told: which rule, and what kind of thing it saw; never the text. */
export function blockedError(rule: GuardRule, place: GuardrailPlace, findings: readonly Finding[]): AppError {
  const kinds = [...new Set(findings.map(({ kind }) => kind))].slice(0, 5)
  const where = place === 'output' ? 'The answer' : place === 'input' ? 'The request' : 'The result of a tool'
  const own = `${where} was blocked by rule "${rule.name}" of guardrail "${rule.guardrail}" (${kinds.join(', ')}).`
  return new AppError('guardrail_blocked', {
    // That of `ask-again` is for the model.
    message: rule.action === 'ask-again' ? own : (rule.message ?? own),
    details: { guardrail: rule.guardrail, rule: rule.name, place, kinds },
  })
}
