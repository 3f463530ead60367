import { ClickHouseError } from '@clickhouse/client'
import { AppError, isAppError } from '@ratchet/contract'

/** Names of engine errors that the same insert may survive later. */
const passing = new Set([
  'TIMEOUT_EXCEEDED',
  'MEMORY_LIMIT_EXCEEDED',
  'TOO_MANY_PARTS',
  'TOO_MANY_SIMULTANEOUS_QUERIES',
  'NETWORK_ERROR',
  'SOCKET_TIMEOUT',
  'KEEPER_EXCEPTION',
  'TABLE_IS_READ_ONLY',
  'NOT_ENOUGH_SPACE',
  'CANNOT_WRITE_TO_FILE_DESCRIPTOR',
  'NO_FREE_CONNECTION',
  'ABORTED',
])

/** True when the rows themselves are the problem, so that sending them again cannot help. */
export function isDataError(error: unknown): boolean {
  const source = isAppError(error) ? error.cause : error
  return source instanceof ClickHouseError && !passing.has(source.type ?? '')
}

/** Turns what a query threw into an {@link AppError} where a user can act on it; else returns it as it is. */
export function explainQueryError(error: unknown, timeoutMs: number): unknown {
  if (error instanceof ClickHouseError) {
    if (error.type === 'TIMEOUT_EXCEEDED') return timedOut(timeoutMs, error)
    if (error.type === 'MEMORY_LIMIT_EXCEEDED') {
      return new AppError('overloaded', {
        message: `The query needs more memory than it may use: ${error.message.slice(0, 200)}. Narrow its time range or filters.`,
        cause: error,
      })
    }
    return error
  }
  if (error instanceof Error && /timeout/i.test(error.message)) return timedOut(timeoutMs, error)
  if (error instanceof Error && 'code' in error && /^E[A-Z]+$/.test(String(error.code))) {
    return new AppError('unavailable', {
      message: `The columnar engine does not answer: ${error.message || String(error.code)}. Check CLICKHOUSE_URL and that the server runs.`,
      cause: error,
    })
  }
  return error
}

/** The error of a query that took longer than it may. */
export function timedOut(timeoutMs: number, cause?: unknown): AppError {
  return new AppError('timeout', {
    message: `The query took longer than ${timeoutMs / 1000} s and was stopped. Narrow its time range or filters.`,
    details: { timeoutMs },
    cause,
  })
}
