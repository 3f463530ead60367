import type { NumberFieldName, TextFieldName } from './query-fields.ts'

export type Comparison = '>' | '>=' | '<' | '<=' | '='

/**
 * One condition. Values of `match` are alternatives; `*` in them stands for anything. Numbers are in the
 * stored base: microseconds, nano-dollars, tokens. `text` is looked for in question and answer, without case.
 */
export type QueryTerm =
  | {
      readonly kind: 'match'
      readonly field: TextFieldName
      readonly values: readonly string[]
      readonly negated: boolean
    }
  | {
      readonly kind: 'compare'
      readonly field: NumberFieldName
      readonly comparison: Comparison
      readonly value: number
      readonly negated: boolean
    }
  | { readonly kind: 'text'; readonly text: string; readonly negated: boolean }

/** Conditions that must all hold; none matches every trace. */
export type TraceQuery = readonly QueryTerm[]
