import type { NeutralError } from '../../../neutral/neutral-answer.ts'
import { readRetryBody } from '../../../neutral/errors/retry-after.ts'
import { otherFields } from '../../../neutral/json-field.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { numberField, objectField, objectsField, textField } from '../read-field.ts'

const known = new Set(['code', 'message'])
const knownWithStatus = new Set([...known, 'status'])

const longestQuote = 300

/**
 * An error of Google's APIs: `{ error: { code, message, status, details } }`, also wrapped in a list, as streams
 * without `alt=sse` have it. Anything else is quoted in short.
 */
export function readError(status: number, body: unknown): NeutralError {
  const whole: unknown = Array.isArray(body) ? body[0] : body
  const error = isJsonObject(whole) ? objectField(whole, 'error') : undefined
  if (error === undefined) return readOther(status, body)
  const details = objectsField(error, 'details')
  const reason = details.map((detail) => textField(detail, 'reason')).find((text) => text !== undefined)
  const message = textField(error, 'message') ?? `The provider answered ${status}.`
  const type = textField(error, 'status') ?? ''
  const param = paramOf(details)
  const retryAfterMs = readRetryBody(body)
  // The word goes with Google's own status, which is not always the one that clients get.
  const fields = otherFields(error, reason === 'API_KEY_INVALID' ? knownWithStatus : known)
  const isContextLength = /token count.*exceeds the maximum|exceeds the (?:maximum|context).*tokens?/i.test(
    message,
  )
  return {
    status: statusOf(numberField(error, 'code') ?? status, reason),
    type,
    code: reason ?? type,
    message,
    ...(param === undefined ? {} : { param }),
    ...(isContextLength ? { isContextLength } : {}),
    ...(retryAfterMs !== undefined && Number.isFinite(retryAfterMs)
      ? { retryAfterMs: Math.ceil(retryAfterMs) }
      : {}),
    ...(fields === undefined ? {} : { own: { format: 'gemini', fields } }),
  }
}

/** Google answers 400 for a key that it does not know; everyone else says 401. */
function statusOf(code: number, reason: string | undefined): number {
  if (reason === 'API_KEY_INVALID') return 401
  return Number.isInteger(code) && code >= 400 && code <= 599 ? code : 502
}

function paramOf(details: readonly JsonObject[]): string | undefined {
  for (const detail of details) {
    for (const violation of objectsField(detail, 'fieldViolations')) {
      const name = textField(violation, 'field')
      if (name !== undefined && name !== '') return name
    }
  }
  return undefined
}

function readOther(status: number, body: unknown): NeutralError {
  const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '')
  const plain = text
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  const short = plain.length > longestQuote ? `${plain.slice(0, longestQuote)}...` : plain
  const message =
    short === '' ? `The provider answered ${status}.` : `The provider answered ${status}: ${short}`
  return { status: statusOf(status, undefined), type: '', code: 'provider_error', message }
}
