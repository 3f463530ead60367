/** One finished benchmark as it is printed: every row is measured in the same run. */
export type BenchTable = {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly notes: readonly string[]
  /** Figures with a target; `passed` is a statement, not a test. */
  readonly checks: readonly {
    readonly name: string
    readonly value: string
    readonly target: string
    readonly passed: boolean
  }[]
}

/** The middle value; of an even count the upper of the two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
