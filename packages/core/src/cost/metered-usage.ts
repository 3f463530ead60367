import type { Usage } from '@ratchet/contract'

/** What a call used, with what its price depends on besides the counts. */
export type MeteredUsage = Usage & {
  /** The kind of its pictures: "<quality>/<size>", either of them empty when nobody said. */
  readonly imageKind?: string
}
