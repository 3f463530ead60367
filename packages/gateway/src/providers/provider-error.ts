import { AppError } from '@ratchet/contract'
import { errorType } from '../http/open-ai-error.ts'
import { isJsonObject, parseJsonOr } from '../formats/parse-json.ts'

/** A provider's refusal, ready to be sent on and to be put into a span. */
export type ProviderError = {
  readonly status: number
  readonly body: string
  readonly code: string
  readonly message: string
}

type Refusal = {
  readonly status: number
  readonly contentType: string
  readonly body: Buffer
  readonly connection: { readonly name: string; readonly origin: string }
  /** Said after the provider's own words. */
  readonly hint: string
}

/**
 * The provider's error in OpenAI's envelope, with the provider's status. What the provider said is kept; what
 * only we know (which connection, whose credential) is added. HTML and other answers are quoted in short.
 */
export function forwardProviderError(refusal: Refusal): ProviderError {
  const { status, connection } = refusal
  const said = readError(refusal.body)
  const who = `connection "${connection.name}" (${connection.origin})`
  const prefix = status === 401 || status === 403 ? `The provider refused the credential of ${who}: ` : ''
  const own = `The provider of ${who} answered ${status}${quote(refusal)}.`
  const message = said === undefined ? own : `${prefix}${said.message}`
  const error = {
    ...said?.fields,
    message: refusal.hint === '' ? message : `${message} ${refusal.hint}`,
    type: typeof said?.fields['type'] === 'string' ? said.fields['type'] : errorType(status),
    param: said?.fields['param'] ?? null,
    code: said?.fields['code'] ?? 'provider_error',
  }
  return {
    status: sendable(status),
    body: JSON.stringify({ error }),
    code: typeof error.code === 'string' ? error.code : 'provider_error',
    message: error.message,
  }
}

/** The error for an answer that claims success and is not what was asked for. */
export function unusableAnswer(
  problem: string,
  connection: { readonly name: string; readonly origin: string },
): AppError {
  return new AppError('provider_error', {
    message: `The provider of connection "${connection.name}" (${connection.origin}) ${problem}. Check that its address is that of an OpenAI-compatible API, usually ending in /v1.`,
    details: { connection: connection.name },
  })
}

/** `body` is JSON. */
export type ErrorMember = { readonly status: number; readonly message: string; readonly body: string }

/** Status and message of an `error` member inside an event or a body that came with status 200. */
export function readErrorMember(error: unknown): ErrorMember {
  const fields = isJsonObject(error) ? error : { message: String(error) }
  const told = fields['status'] ?? fields['code']
  const code = typeof told === 'number' || typeof told === 'string' ? Number(told) : Number.NaN
  const status = Number.isInteger(code) && code >= 400 && code <= 599 ? code : 502
  const message = typeof fields['message'] === 'string' ? fields['message'] : JSON.stringify(error)
  const defaults = { type: errorType(status), param: null, code: 'provider_error' }
  return { status, message, body: JSON.stringify({ error: { ...defaults, ...fields, message } }) }
}

function readError(body: Buffer): { message: string; fields: Readonly<Record<string, unknown>> } | undefined {
  let json = parseJsonOr(body.toString())
  if (Array.isArray(json)) json = json[0]
  if (!isJsonObject(json)) return undefined
  const { error } = json
  if (isJsonObject(error) && typeof error['message'] === 'string')
    return { message: error['message'], fields: error }
  const message = [error, json['message'], json['detail']].find((value) => typeof value === 'string')
  return typeof message === 'string' ? { message, fields: {} } : undefined
}

function quote({ body, contentType }: Refusal): string {
  const text = body
    .toString('utf8', 0, 4000)
    .replaceAll(/<(style|script)[\s\S]*?<\/\1>/gi, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  const kind = contentType === '' ? '' : ` with ${contentType.split(';')[0]}`
  return text === '' ? kind : `${kind}: ${text.slice(0, 200)}`
}

/** A redirect or an odd code would make clients do something else; it is the gateway that was answered badly. */
function sendable(status: number): number {
  return status >= 400 && status <= 599 ? status : 502
}
