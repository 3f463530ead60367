import type { NeutralError } from '../../../neutral/neutral-answer.ts'
import type { JsonObject } from '../../parse-json.ts'

const words: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'FAILED_PRECONDITION',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  413: 'INVALID_ARGUMENT',
  422: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
  529: 'UNAVAILABLE',
}

/** The error as Google's APIs write it, with all that theirs said; of others the code as the reason, field and wait as details. */
export function writeError(error: NeutralError): JsonObject {
  const { status, code, message, own, param, retryAfterMs } = error
  const word = words[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL')
  if (own?.format === 'gemini') return { error: { status: word, ...own.fields, code: status, message } }
  const details: JsonObject[] = []
  if (code !== '') {
    const type = 'type.googleapis.com/google.rpc.ErrorInfo'
    details.push({ '@type': type, reason: code, domain: 'ratchet' })
  }
  if (param !== undefined) {
    const fieldViolations = [{ field: param, description: message }]
    details.push({ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations })
  }
  if (retryAfterMs !== undefined) {
    const retryDelay = `${Math.ceil(retryAfterMs) / 1000}s`
    details.push({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay })
  }
  return { error: { code: status, message, status: word, ...(details.length === 0 ? {} : { details }) } }
}
