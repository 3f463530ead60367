import { AppError, isAppError } from '@ratchet/contract'
import type { Log } from '../log.ts'

/** Makes the answer of a failed request and logs the failure, once: nothing below the edge does. */
export function errorResponse(
  error: unknown,
  context: { request: Request; requestId: string; log: Log },
): Response {
  const { request, requestId, log } = context
  const known = explain(error, request, requestId)
  const fields = {
    requestId,
    method: request.method,
    // Not the query: it may carry what users searched for.
    path: new URL(request.url).pathname,
    status: known.status,
    code: known.code,
  }
  if (known.status >= 500) log.error({ ...fields, error }, known.message)
  else log.debug(fields, known.message)
  const headers: Record<string, string> = {}
  const retryAfter = known.details['retryAfterSeconds']
  if (typeof retryAfter === 'number') headers['retry-after'] = String(Math.ceil(retryAfter))
  if (known.code === 'unauthenticated') headers['www-authenticate'] = 'Bearer'
  return Response.json(known.toBody(requestId), { status: known.status, headers })
}

function explain(error: unknown, request: Request, requestId: string): AppError {
  if (isAppError(error)) return error
  if (request.signal.aborted) {
    return new AppError('client_closed', {
      message: 'The client closed the connection before the answer was ready.',
    })
  }
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return new AppError('timeout', {
      message: 'The request took too long and was stopped. Try a smaller one.',
      cause: error,
    })
  }
  return new AppError('internal', {
    message: `Something went wrong on our side. The server's log says what: look for request ${requestId}.`,
    cause: error,
  })
}
