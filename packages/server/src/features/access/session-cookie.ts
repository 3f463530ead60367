const plainName = 'ratchet_session'
const hostName = `__Host-${plainName}`
const maxAgeSeconds = 30 * 86_400

/** Where the console is served: publicly behind TLS, or over plain http on loopback. */
export type CookieSetting = { readonly isPublic: boolean }

/** True when the browser speaks https to us, by our setting or by the word of the proxy in front. */
function isSecure(request: Request, setting: CookieSetting): boolean {
  return setting.isPublic || request.headers.get('x-forwarded-proto') === 'https'
}

/** The session token of a request. A public console takes only the `__Host-` cookie, which no subdomain can plant. */
export function readSessionCookie(request: Request, setting: CookieSetting): string | undefined {
  const cookies = new Map(
    (request.headers.get('cookie') ?? '').split(';').map((pair): [string, string] => {
      const at = pair.indexOf('=')
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
    }),
  )
  const token = cookies.get(hostName) ?? (isSecure(request, setting) ? undefined : cookies.get(plainName))
  return token === '' ? undefined : token
}

/** `Set-Cookie` that keeps the token out of scripts and of requests that other sites make. */
export function writeSessionCookie(request: Request, setting: CookieSetting, token: string): string {
  const rest = `Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax`
  return isSecure(request, setting)
    ? `${hostName}=${token}; ${rest}; Secure`
    : `${plainName}=${token}; ${rest}`
}

/** `Set-Cookie` headers that remove the session under both names. */
export function clearSessionCookies(): string[] {
  const rest = 'Path=/; Max-Age=0; HttpOnly; SameSite=Lax'
  return [`${plainName}=; ${rest}`, `${hostName}=; ${rest}; Secure`]
}
