import { isJsonObject } from '../../formats/parse-json.ts'

/** Header names are lower case, as node:http and undici give them. */
export type RetryHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** What a provider says about when to come back. `body` is parsed JSON, or anything else. */
export type RetrySource = {
  readonly headers: RetryHeaders
  readonly body: unknown
  readonly nowMs: number
}

const units: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
}
const durationPattern = /^(?:\d+(?:\.\d+)?(?:ms|d|h|m|s))+$/
const durationStep = /(\d+(?:\.\d+)?)(ms|d|h|m|s)/g
const sentencePattern = /(?:try again|retry)(?: after| in) ((?:\d+(?:\.\d+)?(?:ms|d|h|m|s))+)/i
const resetPattern = /^(?:x-ratelimit-reset(?:-.+)?|ratelimit-reset|anthropic-ratelimit-.+-reset)$/

/**
 * How long the provider asks us to wait, in milliseconds from now; 0 when that time has passed. Undefined when it
 * does not say, or says something that nobody can read. Its own request (`retry-after`) goes before its body, and
 * that before the times at which its limits are reset.
 */
export function readRetryAfter({ headers, body, nowMs }: RetrySource): number | undefined {
  const said =
    believable(milliseconds(first(headers['retry-after-ms']))) ??
    believable(secondsOrTime(first(headers['retry-after']), nowMs)) ??
    readRetryBody(body) ??
    readResets({ ...headersInBody(body), ...headers }, nowMs)
  const believed = believable(said)
  return believed === undefined ? undefined : Math.max(0, Math.ceil(believed))
}

/** No limit of a provider lasts longer than a year; what claims to is a mistake. */
const longestMs = 366 * 86_400_000

function believable(waitMs: number | undefined): number | undefined {
  return waitMs !== undefined && waitMs <= longestMs ? waitMs : undefined
}

/** The wait that the body of an error names: Gemini's `retryDelay`, or a sentence. In milliseconds. */
export function readRetryBody(body: unknown): number | undefined {
  return believable(findRetryBody(body))
}

function findRetryBody(body: unknown): number | undefined {
  const error = errorOf(body)
  if (error === undefined) return undefined
  const { details, message } = error
  for (const detail of Array.isArray(details) ? details : []) {
    if (!isJsonObject(detail)) continue
    const delay = parseDelay(detail['retryDelay'])
    if (delay !== undefined) return delay
  }
  return typeof message === 'string' ? parseDuration(sentencePattern.exec(message)?.[1] ?? '') : undefined
}

/** Milliseconds of "6m0s", "1.5s", "20ms", "1h2m". Undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  if (!durationPattern.test(text)) return undefined
  let total = 0
  for (const [, amount = '', unit = ''] of text.matchAll(durationStep))
    total += Number(amount) * (units[unit] ?? 0)
  return total
}

/** The latest reset of the limits that are used up; the earliest of all when none says that it is. */
function readResets(headers: RetryHeaders, nowMs: number): number | undefined {
  let usedUp: number | undefined
  let earliest: number | undefined
  for (const name of Object.keys(headers)) {
    if (!resetPattern.test(name)) continue
    const wait = parseReset(first(headers[name]), nowMs)
    if (wait === undefined) continue
    if (earliest === undefined || wait < earliest) earliest = wait
    const remaining = first(headers[name.replace('reset', 'remaining')])
    if (remaining === '0' && (usedUp === undefined || wait > usedUp)) usedUp = wait
  }
  return usedUp ?? earliest
}

/** A duration, a date, seconds from now, or a time in seconds or milliseconds since 1970. */
function parseReset(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined
  const duration = parseDuration(text)
  if (duration !== undefined) return duration
  const number = Number(text)
  if (text.trim() !== '' && Number.isFinite(number)) {
    if (number > 1e11) return number - nowMs
    return number > 1e9 ? number * 1000 - nowMs : number * 1000
  }
  return untilTime(text, nowMs)
}

function secondsOrTime(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined || text.trim() === '') return undefined
  const seconds = Number(text)
  if (Number.isFinite(seconds)) return seconds * 1000
  return parseDuration(text.trim()) ?? untilTime(text, nowMs)
}

function milliseconds(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined
  const number = Number(text)
  return Number.isFinite(number) ? number : undefined
}

function untilTime(text: string, nowMs: number): number | undefined {
  const timeMs = Date.parse(text)
  return Number.isNaN(timeMs) ? undefined : timeMs - nowMs
}

/** Google's durations: "34.07s", or `{ seconds, nanos }`. */
function parseDelay(value: unknown): number | undefined {
  if (typeof value === 'string') return parseDuration(value)
  if (!isJsonObject(value)) return undefined
  const seconds = Number(value['seconds'] ?? 0)
  const nanos = Number(value['nanos'] ?? 0)
  return Number.isFinite(seconds) && Number.isFinite(nanos) ? seconds * 1000 + nanos / 1e6 : undefined
}

/** OpenRouter hands on the headers of the limit in `error.metadata.headers`, in any case. */
function headersInBody(body: unknown): RetryHeaders {
  const metadata = errorOf(body)?.['metadata']
  const headers = isJsonObject(metadata) ? metadata['headers'] : undefined
  if (!isJsonObject(headers)) return {}
  const lower: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (typeof value === 'string' || typeof value === 'number') lower[name.toLowerCase()] = String(value)
  return lower
}

function errorOf(body: unknown): Readonly<Record<string, unknown>> | undefined {
  const whole: unknown = Array.isArray(body) ? body[0] : body
  if (!isJsonObject(whole)) return undefined
  return isJsonObject(whole['error']) ? whole['error'] : whole
}

function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' || value === undefined ? value : value[0]
}
