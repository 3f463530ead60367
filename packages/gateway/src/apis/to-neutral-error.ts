import type { AppError } from '@ratchet/contract'
import type { NeutralError } from '../neutral/neutral-answer.ts'

/** One of our own errors, to be written in any client's format. */
export function toNeutralError(error: AppError): NeutralError {
  const { param, retryAfterMs } = error.details
  return {
    status: error.status,
    // Each format has words of its own for a status.
    type: '',
    code: error.code,
    message: error.message,
    ...(typeof param === 'string' ? { param } : {}),
    ...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}),
  }
}
