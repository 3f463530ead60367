import type { NeutralError } from '../../neutral/neutral-answer.ts'
import { countField, textField } from '../../neutral/json-field.ts'
import { plainText } from '../../neutral/errors/plain-text.ts'
import { isJsonObject } from '../parse-json.ts'

const statuses: ReadonlyMap<string, number> = new Map([
  ['validationexception', 400],
  ['accessdeniedexception', 403],
  ['expiredtokenexception', 403],
  ['unrecognizedclientexception', 403],
  ['resourcenotfoundexception', 404],
  ['modeltimeoutexception', 408],
  ['conflictexception', 409],
  ['throttlingexception', 429],
  ['modelnotreadyexception', 429],
  ['servicequotaexceededexception', 400],
  ['internalserverexception', 500],
  ['serviceunavailableexception', 503],
])

const names: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  409: 'ConflictException',
  424: 'ModelErrorException',
  429: 'ThrottlingException',
  503: 'ServiceUnavailableException',
}

const contextWords =
  /input is too long|prompt is too long|too many (?:input )?tokens|context (?:window|length)|input length.*exceed|exceeds? the.*(?:context|token)/i

/** An error of a response. AWS names its kind in a header, so that here the status stands for it. */
export function readError(status: number, body: unknown): NeutralError {
  const isKnown = status >= 400 && status <= 599
  const json = isJsonObject(body) ? body : undefined
  const named = json === undefined ? undefined : (textField(json, '__type') ?? textField(json, 'code'))
  const type = named?.replace(/^.*#/, '').replace(/:.*$/, '')
  const real = isKnown ? status : (statusOf(type ?? '') ?? 502)
  return toError(real, type ?? names[real] ?? 'InternalServerException', body)
}

/** An exception within a stream: it is named, and has no status but that of what failed behind it. */
export function readException(name: string, body: unknown): NeutralError {
  const original = isJsonObject(body) ? countField(body, 'originalStatusCode') : undefined
  const known = statusOf(name)
  const status = known ?? (original !== undefined && original >= 400 && original <= 599 ? original : 502)
  return toError(status, name.charAt(0).toUpperCase() + name.slice(1), body)
}

function toError(status: number, type: string, body: unknown): NeutralError {
  const json = isJsonObject(body) ? body : {}
  const said = textField(json, 'message') ?? textField(json, 'Message') ?? textField(json, 'originalMessage')
  const text = said ?? plainText(body)
  const message = said ?? `The provider answered ${status}${text === '' ? '.' : `: ${text}`}`
  const isContextLength = status === 400 && contextWords.test(message)
  return { status, type, code: type, message, ...(isContextLength ? { isContextLength } : {}) }
}

function statusOf(name: string): number | undefined {
  return statuses.get(name.toLowerCase())
}
