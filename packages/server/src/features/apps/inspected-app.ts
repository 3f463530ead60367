import type { AppIssue, FlowGraph } from '@ratchet/contract'
import type { IndexSettings } from '#features/retrieval'

/** What the checker finds in an app folder that has no errors. */
export type InspectedApp = {
  readonly name: string
  readonly description: string
  readonly owner: string
  readonly entry: string
  /** `connection/model` names that it may call. */
  readonly models: readonly string[]
  readonly flows: readonly FlowGraph[]
  readonly indexes: readonly { readonly name: string; readonly settings: IndexSettings }[]
}

/** Checks a folder given as files; `app` is there when no issue is an error. */
export type InspectApp = (files: readonly { path: string; content: Uint8Array }[]) => {
  readonly app: InspectedApp | undefined
  readonly issues: readonly AppIssue[]
}
