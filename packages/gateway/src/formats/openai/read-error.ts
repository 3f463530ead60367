import { errorType } from '../../http/open-ai-error.ts'
import type { NeutralError } from '../../neutral/neutral-answer.ts'
import { plainText } from '../../neutral/errors/plain-text.ts'
import { readRetryBody } from '../../neutral/errors/retry-after.ts'
import { isJsonObject, type JsonObject } from '../parse-json.ts'
import { isContextLength } from './context-length.ts'
import { statusOfWord } from './error-words.ts'

const longestQuote = 300

/**
 * An error body of OpenAI or of one of the many servers that speak like it: `{ error: {...} }`, `{ error: "..." }`,
 * the members at the top (vLLM), `{ detail }` (FastAPI), wrapped in a list (Google), or an HTML page.
 */
export function readOpenAiError(status: number, body: unknown): NeutralError {
  const fields = errorFields(body)
  const known = sendableStatus(status, fields)
  if (fields === undefined) return plainError(known, status, body)
  const code = wordOf(fields['code']) ?? wordOf(fields['status']) ?? ''
  const message = messageOf(fields) ?? `The provider answered ${status}.`
  const param = fields['param']
  const retryAfterMs = readRetryBody(body)
  return {
    status: known,
    type: wordOf(fields['type']) ?? errorType(known),
    code,
    message,
    ...(typeof param === 'string' ? { param } : {}),
    ...(isContextLength(code, message) ? { isContextLength: true } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
}

/** The failure that an event of a stream, or a body that came with status 200, reports. */
export function readErrorMember(error: unknown): NeutralError {
  return readOpenAiError(200, { error })
}

/** A status that says "failed": the one of the answer, else the one that its words mean. */
function sendableStatus(status: number, fields: JsonObject | undefined): number {
  if (status >= 400 && status <= 599) return status
  const told = Number(fields?.['status_code'] ?? fields?.['code'] ?? fields?.['status'])
  if (Number.isInteger(told) && told >= 400 && told <= 599) return told
  return (
    statusOfWord(fields?.['code']) ??
    statusOfWord(fields?.['type']) ??
    statusOfWord(fields?.['status']) ??
    502
  )
}

function errorFields(body: unknown): JsonObject | undefined {
  const whole: unknown = Array.isArray(body) ? body[0] : body
  if (!isJsonObject(whole)) return undefined
  const { error } = whole
  if (isJsonObject(error)) return error
  if (typeof error === 'string') return { ...whole, message: error }
  return whole
}

/** OpenRouter's own message is vague; what its provider said stands in `metadata.raw`. */
function messageOf(fields: JsonObject): string | undefined {
  const { metadata } = fields
  const raw = isJsonObject(metadata) ? metadata['raw'] : undefined
  const message = [fields['message'], fields['detail'], fields['error_description'], fields['title']].find(
    (value) => typeof value === 'string' && value !== '',
  )
  const said = typeof message === 'string' ? message : detailsOf(fields['message'] ?? fields['detail'])
  return typeof raw === 'string' && raw !== ''
    ? `${said ?? 'Provider error'}: ${raw.slice(0, longestQuote)}`
    : said
}

/** FastAPI lists what is wrong. */
function detailsOf(details: unknown): string | undefined {
  return typeof details === 'object' && details !== null
    ? JSON.stringify(details).slice(0, longestQuote)
    : undefined
}

/** A number is a status said again. */
function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function plainError(known: number, status: number, body: unknown): NeutralError {
  const text = typeof body === 'string' ? plainText(body) : ''
  return {
    status: known,
    type: errorType(known),
    code: '',
    message: text === '' ? `The provider answered ${status}.` : `The provider answered ${status}: ${text}`,
    ...(isContextLength('', text) ? { isContextLength: true } : {}),
  }
}
