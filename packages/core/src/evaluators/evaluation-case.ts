/** One answer to be judged. `costNano` is null when no price is known; `error` is set when the target failed. */
export type EvaluationCase = {
  readonly inputs: Readonly<Record<string, unknown>>
  readonly expected: unknown
  readonly output: {
    readonly text: string
    readonly contexts: readonly { readonly id: string; readonly path: string; readonly text: string }[]
    readonly latencyMs: number
    readonly costNano: number | null
  }
  readonly error?: string
}

/** `score` null: unscored, for the reason given; never to be counted as 0. */
export type Score = { readonly score: number | null; readonly passed?: boolean; readonly reason: string }

export function unscored(reason: string): Score {
  return { score: null, reason }
}
