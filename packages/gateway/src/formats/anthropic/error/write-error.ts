import type { NeutralError } from '../../../neutral/neutral-answer.ts'
import type { JsonObject } from '../../parse-json.ts'
import { isErrorType, typeOfStatus } from './error-type.ts'

/** Body of an error response, and data of an `error` event. The header of the response names the request as well. */
export function writeError(error: NeutralError): JsonObject {
  const type = isErrorType(error.type) ? error.type : typeOfStatus(error.status)
  const hasCode = error.code !== '' && error.code !== type
  return {
    type: 'error',
    error: {
      type,
      message: error.message,
      ...(hasCode ? { details: { error_code: error.code } } : {}),
      ...(error.own?.format === 'anthropic' ? error.own.fields : {}),
    },
    request_id: error.requestId ?? null,
  }
}
