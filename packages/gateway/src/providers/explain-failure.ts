import { AppError, isAppError } from '@ratchet/contract'

const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Says what went wrong between us and a provider, in words that name the connection and what to check. */
export function explainFailure(error: Error, connection: { name: string; origin: string }): AppError {
  if (isAppError(error)) return error
  const code = codeOf(error)
  const where = `connection "${connection.name}" (${connection.origin})`
  const details = { connection: connection.name, cause: code }
  if (code.includes('CERT') || code.includes('TLS') || code.includes('SSL')) {
    const message = `No secure connection to the provider of ${where}: ${error.message}. Check its address and certificate.`
    return new AppError('provider_unreachable', { message, details, cause: error })
  }
  if (unreachable.has(code)) {
    const message = `The provider of ${where} cannot be reached: ${error.message || code}. Check that it runs and that the address is right: ratchet connections test ${connection.name}`
    return new AppError('provider_unreachable', { message, details, cause: error })
  }
  const message = `The call to ${where} failed: ${error.message || code}.`
  return new AppError('provider_error', { message, details, cause: error })
}

function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return codeOf(error.errors[0])
  return error.cause instanceof Error ? codeOf(error.cause) : error.name
}
