import { AppError } from '@ratchet/contract'

/**
 * Refuses writes that another site makes with the user's session cookie.
 * Keys need no check: a browser never adds them by itself.
 */
export function assertSameOrigin(request: Request): void {
  if (request.method === 'GET' || request.method === 'HEAD') return
  const site = request.headers.get('sec-fetch-site')
  if (site === 'same-origin') return
  const origin = request.headers.get('origin')
  // Browsers leave Sec-Fetch-Site out on plain http except for loopback; Origin is always there.
  if (site === null && origin !== null && hostOf(origin) === requestHost(request)) return
  throw new AppError('forbidden', {
    message: `This change came from ${origin ?? site ?? 'an unknown origin'}, not from the console of this server. Open the console at its own address, or use an API key.`,
    details: { origin: origin ?? '', site: site ?? '' },
  })
}

function requestHost(request: Request): string {
  return request.headers.get('host') ?? new URL(request.url).host
}

function hostOf(origin: string): string | undefined {
  return URL.parse(origin)?.host
}
