/** Counts of observed values up to each bound, as Prometheus wants them. */
export class Histogram {
  readonly #bounds: readonly number[]
  readonly #counts: number[]
  #sum = 0
  #count = 0

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.#counts = bounds.map(() => 0)
  }

  observe(value: number): void {
    this.#sum += value
    this.#count += 1
    for (let index = 0; index < this.#bounds.length; index++) {
      if (value > (this.#bounds[index] ?? 0)) continue
      this.#counts[index] = (this.#counts[index] ?? 0) + 1
      return
    }
  }

  /** Lines in the text format; `labels` without braces, may be empty. */
  render(name: string, labels: string): string {
    const prefix = labels === '' ? '' : `${labels},`
    let below = 0
    let text = ''
    for (const [index, bound] of this.#bounds.entries()) {
      below += this.#counts[index] ?? 0
      text += `${name}_bucket{${prefix}le="${bound}"} ${below}\n`
    }
    text += `${name}_bucket{${prefix}le="+Inf"} ${this.#count}\n`
    const braces = labels === '' ? '' : `{${labels}}`
    return `${text}${name}_sum${braces} ${this.#sum}\n${name}_count${braces} ${this.#count}\n`
  }
}
