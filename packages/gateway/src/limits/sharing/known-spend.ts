import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import type { BudgetAccount } from '../accounts/budget-account.ts'

const saved = z.object({
  gateways: z.number().int().min(1),
  spentNano: z.record(z.string(), z.number()),
})
/** More would make saving slow; the subjects that spent last are kept. */
const mostEntries = 5_000

/** What control last said about spending, for a start without control. */
export class KnownSpend {
  readonly #path: string
  readonly #before: ReadonlyMap<string, number>
  readonly #now = new Map<string, number>()
  #gateways: number
  #isChanged = false

  constructor(path: string) {
    this.#path = path
    const { gateways, spentNano } = readSaved(path)
    this.#gateways = gateways
    this.#before = new Map(Object.entries(spentNano))
  }

  get gateways(): number {
    return this.#gateways
  }

  spentBefore(account: BudgetAccount): number {
    const key = keyOf(account)
    return this.#now.get(key) ?? this.#before.get(key) ?? 0
  }

  note(account: BudgetAccount, gateways: number): void {
    const key = keyOf(account)
    this.#now.delete(key)
    this.#now.set(key, account.spentByAll)
    this.#gateways = gateways
    this.#isChanged = true
    if (this.#now.size <= mostEntries) return
    for (const oldest of this.#now.keys()) {
      this.#now.delete(oldest)
      break
    }
  }

  /** Writes what has changed; a failure is no reason to stop, only worse knowledge after a restart. */
  save(): void {
    if (!this.#isChanged) return
    this.#isChanged = false
    const text = JSON.stringify({ gateways: this.#gateways, spentNano: Object.fromEntries(this.#now) })
    try {
      mkdirSync(dirname(this.#path), { recursive: true })
      writeFileSync(`${this.#path}.new`, text, { mode: 0o600 })
      renameSync(`${this.#path}.new`, this.#path)
    } catch {
      // A full disk is told by others; the file is only a memory aid.
    }
  }
}

function keyOf({ rule, subject, period }: BudgetAccount): string {
  return `${rule.project} ${period.name} ${rule.name} ${rule.scope}:${subject}`
}

function readSaved(path: string): z.output<typeof saved> {
  try {
    return saved.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    // Nothing saved, or not by us: start without.
    return { gateways: 1, spentNano: {} }
  }
}
