import { isAppError } from '@ratchet/contract'
import type { Problem } from '../ui/states/error-state.tsx'

/** A failure in the reader's words: what did not happen here, why as the server said it, and the request id. */
export function toProblem(error: unknown, what: string): Problem {
  if (isAppError(error)) {
    const requestId =
      'requestId' in error && typeof error.requestId === 'string' ? error.requestId : undefined
    return { what, why: error.message, code: error.code, requestId }
  }
  return { what, why: error instanceof Error ? error.message : String(error) }
}
