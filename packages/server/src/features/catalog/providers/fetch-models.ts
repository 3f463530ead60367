import { isAppError, providerTable, type Provider, type ProviderInfo } from '@ratchet/contract'
import { connectionHeaders, credentialHeaders } from '@ratchet/core/catalog'
import { z } from 'zod'
import type { ResolveHost } from '#platform/http/outgoing-address.ts'
import { getOutgoing, type OutgoingAnswer } from '#platform/http/outgoing-request.ts'
import type { Proof } from './make-proof.ts'
import { modelEndpoint, type ModelEndpoint } from './model-endpoint.ts'

const answerLimitBytes = 8 * 1024 * 1024

/** What asking a provider for its models gave; `message` says what to do when it is not `ok`. */
export type ModelsAnswer = {
  readonly ok: boolean
  readonly message: string
  readonly models: readonly string[]
}

export type ModelsRequest = {
  readonly provider: Provider
  readonly baseUrl: string
  readonly settings: Readonly<Record<string, string>>
  readonly apiKey: string | undefined
  readonly allowPrivate: boolean
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  readonly resolve?: ResolveHost | undefined
  /** For credentials that are not sent as they are. */
  readonly proof?: Proof | undefined
}

/** Really asks the provider for its models; never throws for what the provider does. */
export async function fetchModels(request: ModelsRequest): Promise<ModelsAnswer> {
  const { provider, settings, apiKey } = request
  const endpoint = modelEndpoint(request)
  const { url } = endpoint
  const headers = [
    ...connectionHeaders(provider, settings),
    ...(apiKey === undefined ? [] : credentialHeaders(provider, apiKey)),
  ]
  try {
    const deadline = AbortSignal.timeout(request.timeoutMs)
    const proof = await request.proof?.(
      url,
      AbortSignal.any([deadline, ...(request.signal ? [request.signal] : [])]),
    )
    const answer = await getOutgoing(url, {
      headers: { ...Object.fromEntries(pairs(headers)), ...proof },
      allowPrivate: request.allowPrivate,
      timeoutMs: request.timeoutMs,
      answerLimitBytes,
      signal: request.signal,
      resolve: request.resolve,
    })
    return readAnswer(endpoint, answer, providerTable[provider])
  } catch (error) {
    return failed(explainFailure(error, url, request.timeoutMs))
  }
}

/** Names and values in turn, as pairs. */
function pairs(list: readonly string[]): [string, string][] {
  return list.flatMap((name, index) => (index % 2 === 0 ? [[name, list[index + 1] ?? '']] : []))
}

function readAnswer(
  { url, read }: ModelEndpoint,
  answer: OutgoingAnswer,
  { label, format }: ProviderInfo,
): ModelsAnswer {
  const { status } = answer
  if (status === 401 || status === 403)
    return failed(
      `${url.host} refused the credential (${status}): ${reasonOf(answer)} Enter a valid API key.`,
    )
  if (status === 404)
    return failed(
      `${url.host} has nothing at ${url.pathname} (404). Check the base URL${format === 'openai' ? '; it usually ends in /v1' : ''}.`,
    )
  if (status === 429)
    return failed(`${url.host} answers, but its rate limit is reached (429): ${reasonOf(answer)}`)
  if (status >= 300 && status < 400)
    return failed(`${url.host} redirects (${status}), which is not followed. Give the address it points to.`)
  if (status !== 200) return failed(`${url.host} answered ${status}: ${reasonOf(answer)}`)
  const found = read(parseJson(answer.text))
  if (found === undefined) {
    const type = answer.contentType.split(';')[0] ?? ''
    return failed(
      `${url.host} answered, but not with a list of models${type ? ` (${type})` : ''}. Check that the base URL is ${apiName(label, format)}.`,
    )
  }
  const models = [...new Set(found)].sort()
  return {
    ok: true,
    message: `${url.host} answers with ${models.length} model${models.length === 1 ? '' : 's'}.`,
    models,
  }
}

function apiName(label: string, format: ProviderInfo['format']): string {
  return format === 'openai' ? 'an OpenAI-compatible API' : `the API of ${label}`
}

function failed(message: string): ModelsAnswer {
  return { ok: false, message, models: [] }
}

const errorShape = z.object({
  error: z.union([z.string(), z.object({ message: z.string() }).transform((error) => error.message)]),
})

/** The provider's own words, short; a page of HTML helps nobody. */
function reasonOf(answer: OutgoingAnswer): string {
  const parsed = errorShape.safeParse(parseJson(answer.text))
  const text = parsed.success ? parsed.data.error : answer.contentType.includes('html') ? '' : answer.text
  const short = text.replace(/\s+/g, ' ').trim().slice(0, 200)
  if (short === '') return 'it gives no reason.'
  return /[.!?]$/.test(short) ? short : `${short}.`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON is a finding that the callers report.
    return undefined
  }
}

const networkReasons: Readonly<Record<string, (url: URL) => string>> = {
  ECONNREFUSED: (url) => `Nothing listens at ${url.host}. Start the model server, or check host and port.`,
  ENOTFOUND: (url) => `The name "${url.hostname}" is unknown. Check its spelling and your network.`,
  EAI_AGAIN: (url) => `The name "${url.hostname}" cannot be looked up now. Check your network.`,
  ETIMEOUT: (url) => `Looking up "${url.hostname}" took too long. Check your network.`,
  ECONNRESET: (url) => `${url.host} closed the connection. Check http against https.`,
  EHOSTUNREACH: (url) => `${url.host} cannot be reached from here. Check your network.`,
  ENETUNREACH: (url) => `${url.host} cannot be reached from here. Check your network.`,
  ETOOBIG: (url) =>
    `${url.host} sent an endless answer. Check that the base URL is the API of a model provider.`,
}

function explainFailure(error: unknown, url: URL, timeoutMs: number): string {
  if (isAppError(error)) return error.message
  if (!(error instanceof Error)) return `${url.host} cannot be called: ${String(error)}`
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return `${url.host} did not answer within ${timeoutMs} ms.`
  const code = 'code' in error ? String(error.code) : ''
  const known = networkReasons[code]
  if (known) return known(url)
  if (code.startsWith('ERR_SSL') || code === 'EPROTO')
    return `${url.host} does not speak https. Check http against https.`
  if (/CERT|SELF_SIGNED|ALTNAME/.test(code)) return `The certificate of ${url.host} is not trusted (${code}).`
  return `${url.host} cannot be called: ${error.message}`
}
