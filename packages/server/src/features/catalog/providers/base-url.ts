import { AppError } from '@ratchet/contract'

/**
 * Brings a provider's address into the one form we store: http(s), no credentials, query, fragment or trailing slash.
 * Says what to change when it is another.
 */
export function normaliseBaseUrl(text: string): URL {
  const url = URL.parse(text.trim())
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw invalid(text, 'is not an http or https address. Give one like https://api.openai.com/v1')
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid(url.host, 'has a user name or password in the URL. Give the credential as apiKey instead')
  }
  if (url.search !== '' || url.hash !== '') {
    throw invalid(text, 'has a "?" or "#" part. Give the base address only')
  }
  const endpoint = /\/(chat\/completions|completions|embeddings|models|responses|messages)\/*$/.exec(
    url.pathname,
  )?.[1]
  if (endpoint !== undefined) {
    throw invalid(text, `is the address of one call. Leave "/${endpoint}" out`)
  }
  url.pathname = url.pathname.replace(/\/+$/, '')
  return url
}

/** The text we store and send: URL puts a slash after a bare host, which would double before `/models`. */
export function printBaseUrl(url: URL): string {
  return url.href.replace(/\/$/, '')
}

function invalid(value: string, problem: string): AppError {
  return new AppError('validation_failed', {
    message: `The base URL "${value}" ${problem}.`,
    details: { issues: [{ field: 'baseUrl', problem }] },
  })
}
