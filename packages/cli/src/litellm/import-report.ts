/**
 * What became of a setting. `adapted`: it means nearly the same; `left-out`: there is no such thing here; `to-do`: a
 * person has to do something before the file works.
 */
export type Outcome = 'translated' | 'adapted' | 'left-out' | 'to-do'

export type ReportLine = {
  readonly outcome: Outcome
  /** Place in the LiteLLM file: `model_list[0].litellm_params.rpm`. */
  readonly path: string
  readonly message: string
}

type Key = string | number

/** Collects what became of every setting; whatever nobody spoke of is reported as left out. */
export class ImportReport {
  readonly #lines: ReportLine[] = []
  readonly #known = new Set<string>()

  add(outcome: Outcome, path: readonly Key[], message: string): void {
    const place = printPath(path)
    this.#known.add(place)
    if (!this.#lines.some((line) => line.path === place && line.message === message)) {
      this.#lines.push({ outcome, path: place, message })
    }
  }

  /** Everything below this place is spoken for. */
  settle(path: readonly Key[]): void {
    this.#known.add(printPath(path))
  }

  /** All lines, what is to do first. `source` is the whole file: its settings that nobody spoke of are named too. */
  lines(source: unknown): ReportLine[] {
    for (const path of leavesOf(source, [])) {
      const isKnown = path.some((_, index) => this.#known.has(printPath(path.slice(0, index + 1))))
      if (!isKnown) this.add('left-out', path, 'There is no setting like this here.')
    }
    const rank: Readonly<Record<Outcome, number>> = { 'to-do': 0, 'left-out': 1, adapted: 2, translated: 3 }
    return this.#lines.toSorted((a, b) => rank[a.outcome] - rank[b.outcome])
  }
}

function leavesOf(value: unknown, path: readonly Key[]): (readonly Key[])[] {
  if (value === null || value === undefined) return path.length === 0 ? [] : [path]
  if (typeof value !== 'object') return [path]
  const entries: [Key, unknown][] = Array.isArray(value)
    ? value.map((inner, index): [Key, unknown] => [index, inner])
    : Object.entries(value)
  if (entries.length === 0) return path.length === 0 ? [] : [path]
  return entries.flatMap(([key, inner]) => leavesOf(inner, [...path, key]))
}

function printPath(path: readonly Key[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`))
    .join('')
}
