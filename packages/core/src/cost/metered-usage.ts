import type { Usage } from '@ratchet/contract'

/** What a call used, with what its price depends on besides the counts. */
export type MeteredUsage = Usage & {
  /** The kind of its pictures: "<quality>/<size>", either of them empty when nobody said. */
  readonly imageKind?: string
  /** The model that made pictures as a tool, and the tokens that it used: they are no tokens of the call. */
  readonly imageTool?: { readonly model: string; readonly usage: Usage }
}
