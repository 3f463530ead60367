import type { NeutralError } from '../../../neutral/neutral-answer.ts'
import { objectField, otherFields, textField } from '../../../neutral/json-field.ts'
import { plainText } from '../../../neutral/errors/plain-text.ts'
import { isJsonObject } from '../../parse-json.ts'
import { statusOfType, typeOfStatus } from './error-type.ts'

const known = new Set(['type', 'message'])

const contextWords =
  /prompt is too long|context (window|length|limit)|too many (input )?tokens|exceeds? .*token/i

/** An error of a provider: of a response, or of an `error` event, whose type decides when the status says 200. */
export function readError(status: number, body: unknown): NeutralError {
  const whole: unknown = Array.isArray(body) ? body[0] : body
  const error = isJsonObject(whole) ? objectField(whole, 'error') : undefined
  if (!isJsonObject(whole) || error === undefined) return readOther(status, body)
  const word = textField(error, 'type') ?? ''
  const real = isFailure(status) ? status : (statusOfType(word) ?? 502)
  const type = word === '' ? typeOfStatus(real) : word
  const message = textField(error, 'message') ?? `The provider answered ${status}.`
  const details = objectField(error, 'details')
  const code = details === undefined ? undefined : textField(details, 'error_code')
  const requestId = textField(whole, 'request_id')
  const fields = otherFields(error, known)
  const isContextLength = (real === 400 || real === 413) && contextWords.test(message)
  return {
    status: real,
    type,
    code: code ?? type,
    message,
    ...(isContextLength ? { isContextLength } : {}),
    ...(requestId === undefined ? {} : { requestId }),
    ...(fields === undefined ? {} : { own: { format: 'anthropic', fields } }),
  }
}

/** Proxies and load balancers answer in pages or in JSON of their own. */
function readOther(status: number, body: unknown): NeutralError {
  const real = isFailure(status) ? status : 502
  const text = plainText(body)
  const message = `The provider answered ${status}${text === '' ? '.' : `: ${text}`}`
  return { status: real, type: typeOfStatus(real), code: 'provider_error', message }
}

function isFailure(status: number): boolean {
  return status >= 400 && status <= 599
}
