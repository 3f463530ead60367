import { isAppError } from '@ratchet/contract'

const passing = new Set(['unavailable', 'overloaded', 'timeout'])

/** Only failures that pass by themselves are tried again, twice; a refused call would be refused again. */
export function isWorthRetrying(failures: number, error: unknown): boolean {
  return failures < 2 && isAppError(error) && passing.has(error.code)
}
