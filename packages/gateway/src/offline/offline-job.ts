import type { ErrorCode } from '@ratchet/contract'
import type { JsonObject } from '../formats/parse-json.ts'

/** What the thread of the offline models is asked for; `json` is a request body in OpenAI's format. */
export type OfflineJob =
  | {
      readonly kind: 'chat'
      readonly json: JsonObject
      readonly isStream: boolean
      readonly id: string
      readonly createdS: number
      readonly model: string
    }
  | { readonly kind: 'embeddings'; readonly json: JsonObject; readonly model: string }
  | { readonly kind: 'rerank'; readonly json: JsonObject }

export type OfflineFailure = {
  readonly code: ErrorCode
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
}

/** The answer in the pieces in which it is sent, or why there is none. */
export type OfflineResult = { readonly pieces: readonly string[] } | { readonly failure: OfflineFailure }
