/**
 * What a detector saw and where. `start` and `end` count UTF-16 units of the scanned text, `end` excluded.
 * `score` is from 0 to 1. `detail` says what is wrong for checks of a whole text. Never holds scanned text.
 */
export type Finding = {
  readonly detector: string
  readonly kind: string
  readonly start: number
  readonly end: number
  readonly score: number
  readonly detail?: string
}

/**
 * Findings of a text whose end is not known yet. Everything before `settled` is final: more text cannot add,
 * change or remove a finding there, and no finding crosses it.
 */
export type Part = { readonly findings: readonly Finding[]; readonly settled: number }

export type Detector = {
  readonly name: string
  /** Longest text it can match, in UTF-16 units; Infinity when it judges the text as a whole. */
  readonly maxMatchLength: number
  /** How far before a match it looks, for context words and word borders. */
  readonly lookBehind: number
  /** All findings, ordered by place. */
  scan(text: string): Finding[]
  /**
   * For streams: findings from `from` on, where `from` is 0 or what was settled before. The text must keep
   * `lookBehind` units before `from`. `isLast` says that no more text follows.
   */
  scanPart(text: string, from: number, isLast: boolean): Part
}
