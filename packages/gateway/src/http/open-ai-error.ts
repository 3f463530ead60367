import type { AppError, ErrorCode } from '@ratchet/contract'

/** The error envelope of the OpenAI API, with our codes and, where they help, our details. */
export type OpenAiError = {
  readonly error: {
    readonly message: string
    readonly type: string
    readonly param: string | null
    readonly code: ErrorCode
    readonly details?: Readonly<Record<string, unknown>>
  }
}

/** Puts one of our errors into the form that OpenAI clients read. */
export function toOpenAiError(error: AppError): OpenAiError {
  const { param, ...details } = error.details
  return {
    error: {
      message: error.message,
      type: errorType(error.status),
      param: typeof param === 'string' ? param : null,
      code: error.code,
      ...(Object.keys(details).length > 0 ? { details } : {}),
    },
  }
}

/** OpenAI's name for a class of failures. */
export function errorType(status: number): string {
  if (status === 401) return 'authentication_error'
  if (status === 402) return 'insufficient_quota'
  if (status === 403) return 'permission_error'
  if (status === 429) return 'rate_limit_error'
  return status < 500 ? 'invalid_request_error' : 'server_error'
}
