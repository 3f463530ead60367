import { AppError } from '@ratchet/contract'

/** Where spans go, and what of them. */
export type ExportSettings = {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** Also to addresses of private networks. */
  readonly allowPrivate: boolean
  /** Inputs and outputs too. */
  readonly withContent: boolean
}

/**
 * Reads `RATCHET_OTLP_ENDPOINT` and its companions; undefined when spans stay here. Throws `validation_failed` naming the
 * variable.
 */
export function readExportSettings(
  environment: Readonly<Record<string, string | undefined>>,
): ExportSettings | undefined {
  const endpoint = environment['RATCHET_OTLP_ENDPOINT']
  if (endpoint === undefined || endpoint === '') return undefined
  return {
    url: readUrl(endpoint),
    headers: readHeaders(environment['RATCHET_OTLP_HEADERS'] ?? ''),
    allowPrivate: readSwitch(environment, 'RATCHET_OTLP_ALLOW_PRIVATE'),
    withContent: readSwitch(environment, 'RATCHET_OTLP_CONTENT'),
  }
}

/** As OpenTelemetry has it: the endpoint is a base, unless it names the path of traces itself. */
function readUrl(endpoint: string): URL {
  const url = URL.parse(endpoint)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw invalid(
      'RATCHET_OTLP_ENDPOINT',
      endpoint,
      'give the URL of a collector, such as https://collector.example.com:4318',
    )
  }
  if (!url.pathname.endsWith('/v1/traces')) url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`
  return url
}

/** `name=value` pairs between commas, values percent-encoded: the form of `OTEL_EXPORTER_OTLP_HEADERS`. */
function readHeaders(text: string): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const pair of text.split(',')) {
    if (pair.trim() === '') continue
    const equals = pair.indexOf('=')
    const name = pair.slice(0, equals).trim().toLowerCase()
    // The value may be a secret: it is not repeated.
    if (equals < 1 || !/^[\w!#$%&'*+.^`|~-]+$/.test(name))
      throw invalid('RATCHET_OTLP_HEADERS', undefined, 'give name=value pairs between commas')
    headers[name] = decode(pair.slice(equals + 1).trim())
  }
  return headers
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function readSwitch(environment: Readonly<Record<string, string | undefined>>, name: string): boolean {
  const value = environment[name] ?? ''
  if (value === 'on' || value === 'true') return true
  if (value === '' || value === 'off' || value === 'false') return false
  throw invalid(name, value, 'give "on" or "off"')
}

function invalid(field: string, value: string | undefined, advice: string): AppError {
  return new AppError('validation_failed', {
    message:
      value === undefined ? `${field} cannot be read; ${advice}.` : `${field} is "${value}"; ${advice}.`,
    details: { field, ...(value === undefined ? {} : { value }) },
  })
}
