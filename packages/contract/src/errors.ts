import { z } from 'zod'

/**
 * Every error code that leaves Ratchet, with the HTTP status it is sent as.
 * One table at the edge: nothing else decides a status.
 */
export const errorStatus = {
  bad_request: 400,
  invalid_json: 400,
  validation_failed: 400,
  model_unsupported: 400,
  guardrail_blocked: 400,
  previous_response_not_found: 400,
  unauthenticated: 401,
  key_revoked: 401,
  key_expired: 401,
  budget_exceeded: 402,
  forbidden: 403,
  address_forbidden: 403,
  not_found: 404,
  model_not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  conflict: 409,
  folder_locked: 409,
  version_newer: 409,
  gone: 410,
  body_too_large: 413,
  app_invalid: 422,
  rate_limited: 429,
  headers_too_large: 431,
  client_closed: 499,
  internal: 500,
  tool_failed: 500,
  not_supported: 501,
  provider_error: 502,
  provider_unreachable: 502,
  provider_stream_cut: 502,
  overloaded: 503,
  unavailable: 503,
  timeout: 504,
} as const satisfies Record<string, number>

/** Literal union of the codes in {@link errorStatus}. */
export type ErrorCode = keyof typeof errorStatus

/** The body of every failed call: `{ error: { code, message, details, requestId } }`. */
export const errorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
    requestId: z.string().optional(),
  }),
})
export type ErrorBody = z.infer<typeof errorBody>

const marker = Symbol.for('ratchet.AppError')

/**
 * A failure that a user can act on. `message` names the offending value and the next step;
 * `details` repeats the values for programs. The status follows from `code`.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: Record<string, unknown>
  readonly [marker] = true

  constructor(
    code: ErrorCode,
    parts: { message: string; details?: Record<string, unknown>; cause?: unknown },
  ) {
    super(parts.message, parts.cause === undefined ? undefined : { cause: parts.cause })
    this.name = 'AppError'
    this.code = code
    this.details = parts.details ?? {}
  }

  get status(): number {
    return errorStatus[this.code]
  }

  toBody(requestId?: string): ErrorBody {
    const base = { code: this.code, message: this.message }
    const details = Object.keys(this.details).length > 0 ? { details: this.details } : {}
    return { error: { ...base, ...details, ...(requestId === undefined ? {} : { requestId }) } }
  }
}

/** True for our errors, also when two copies of this package are loaded. */
export function isAppError(value: unknown): value is AppError {
  return typeof value === 'object' && value !== null && marker in value
}

/** Turns a failed zod parse of `input` into one `validation_failed` that names each field, its value and its problem. */
export function validationError(error: z.ZodError, where: string, input: unknown): AppError {
  const issues = error.issues.slice(0, mostIssues).map(({ path, message }) => ({
    field: path.join('.') || where,
    ...shownValue(input, path),
    problem: message,
  }))
  const [first] = issues
  const rest = error.issues.length > 1 ? ` (and ${error.issues.length - 1} more)` : ''
  const field = `"${first?.field ?? where}"${first?.value === undefined ? '' : ` is ${first.value}`}`
  return new AppError('validation_failed', {
    message: `Invalid ${where}: ${field}: ${first?.problem ?? 'is not valid'}${rest}.`,
    details: { issues },
  })
}

/** A body may be wrong in as many places as it has bytes. */
const mostIssues = 100

/** Fields whose values an error must not repeat. */
const secretNames = /secret|token|password|key|credential|authorization|header|cookie|settings|value/i
const longestValue = 80

/** A short plain value as JSON; nothing for what is long, made of parts, absent, or may be a secret. */
function shownValue(input: unknown, path: readonly PropertyKey[]): { readonly value?: string } {
  let value = input
  for (const name of path) {
    if (typeof value !== 'object' || value === null || secretNames.test(String(name))) return {}
    value = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
  }
  if (!['string', 'number', 'boolean'].includes(typeof value) && value !== null) return {}
  if (typeof value === 'string' && value.length > longestValue) return {}
  const text = JSON.stringify(value)
  return text.length > longestValue ? {} : { value: text }
}
