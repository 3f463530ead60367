/** Headers as undici gives them. */
export type ProviderHeaders = Readonly<Record<string, string | string[] | undefined>>

const passed = new Set([
  'retry-after',
  'retry-after-ms',
  'openai-processing-ms',
  'openai-version',
  'openai-organization',
  'x-should-retry',
])

/** OpenAI and most others; Anthropic; AWS. */
const requestIds = new Set(['x-request-id', 'request-id', 'x-amzn-requestid'])

function isLimit(name: string): boolean {
  return name.startsWith('x-ratelimit-') || name.startsWith('anthropic-ratelimit-')
}

/**
 * The provider's headers that a client may need, in the flat form of `writeHead`: rate limits, Retry-After, and
 * its request id under a name of its own. Framing, cookies and everything unknown stay behind.
 */
export function passHeaders(headers: ProviderHeaders): string[] {
  const result: string[] = []
  for (const name in headers) {
    const value = headers[name]
    if (typeof value !== 'string') continue
    if (passed.has(name) || isLimit(name)) result.push(name, value)
    else if (requestIds.has(name)) result.push('x-ratchet-provider-request-id', value)
  }
  return result
}
