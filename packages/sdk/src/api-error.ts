import { AppError, errorBody, errorStatus, type ErrorCode } from '@ratchet/contract'

/** A call that the server refused or could not finish; `requestId` finds it in the server's log. */
export class ApiError extends AppError {
  readonly requestId: string | undefined

  constructor(
    code: ErrorCode,
    parts: {
      message: string
      details?: Record<string, unknown>
      cause?: unknown
      requestId?: string | undefined
    },
  ) {
    super(code, parts)
    this.name = 'ApiError'
    this.requestId = parts.requestId
  }
}

/** Reads a failed answer. Answers that are not ours (a proxy's page) keep their status in words. */
export async function readApiError(response: Response, what: string): Promise<ApiError> {
  const text = await response.text().catch(() => '')
  const requestId = response.headers.get('x-request-id') ?? undefined
  return parseErrorText(text, requestId) ?? foreignError(response, text, what, requestId)
}

/** Reads `{ error: { code, message, … } }`; undefined when the text is something else. */
export function parseErrorText(text: string, requestId?: string): ApiError | undefined {
  const parsed = errorBody.safeParse(parseJson(text))
  if (!parsed.success) return undefined
  const { code, message, details, requestId: ownId } = parsed.data.error
  return new ApiError(isErrorCode(code) ? code : 'internal', {
    message,
    requestId: ownId ?? requestId,
    ...(details === undefined ? {} : { details }),
  })
}

function foreignError(response: Response, text: string, what: string, requestId?: string): ApiError {
  const said = text.trim().slice(0, 200)
  return new ApiError(codeOfStatus(response.status), {
    message:
      `${what} answered ${response.status} ${response.statusText}`.trimEnd() + (said ? `: ${said}` : '.'),
    details: { status: response.status },
    requestId,
  })
}

function codeOfStatus(status: number): ErrorCode {
  const wanted: Partial<Record<number, ErrorCode>> = {
    400: 'bad_request',
    401: 'unauthenticated',
    403: 'forbidden',
    404: 'not_found',
    405: 'method_not_allowed',
    409: 'conflict',
    413: 'body_too_large',
    429: 'rate_limited',
    502: 'unavailable',
    503: 'unavailable',
    504: 'timeout',
  }
  return wanted[status] ?? (status < 500 ? 'bad_request' : 'internal')
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorStatus, code)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON is an answer too: the caller falls back to the status.
    return undefined
  }
}
