/** Parts for the tests of features: a real access feature, a clock that stands still, and calls without a port. */
import type { Clock } from '#platform/clock.ts'
import { makeHttpApp, type HttpApp } from '#platform/http/http-app.ts'
import { makeIds } from '#platform/ids.ts'
import { silentLog } from '#platform/log.ts'
import type { Postgres } from '#platform/postgres/open-postgres.ts'
import { makeAccess, mountAccessRoutes, type Access, type AccessParts } from '../index.ts'

export const bootstrapKey = 'rk_bootstrap_0123456789abcdef0123456789'
export const consoleOrigin = 'http://127.0.0.1:4700'

/** A clock that moves only when told. */
export type TestClock = Clock & { advance: (byMs: number) => void }

export function makeTestClock(startMs = Date.parse('2026-11-21T08:00:00Z')): TestClock {
  let nowMs = startMs
  return {
    now: () => nowMs,
    sleep: async (delayMs) => void (nowMs += delayMs),
    advance: (byMs) => void (nowMs += byMs),
  }
}

/** Everything that access needs, on a test database. */
export function makeAccessParts(postgres: Postgres, more: Partial<AccessParts> = {}): AccessParts {
  return {
    db: postgres.db,
    clock: makeTestClock(),
    makeId: makeIds(),
    version: '0.1.0',
    consoleUrl: () => consoleOrigin,
    gatewayUrl: () => 'http://127.0.0.1:4701',
    isPublic: false,
    bootstrapKey,
    addressOf: () => '10.0.0.1',
    rotateSecrets: async (project) => ({ keyId: `new-${project}`, reencrypted: 2 }),
    ...more,
  }
}

/** An API in process with the access routes mounted; features mount theirs beside them. */
export function serveAccess(access: Access): HttpApp {
  const api = makeHttpApp({ authenticate: access.authenticate, log: silentLog })
  mountAccessRoutes(api, access)
  return api
}

/** Starts access on an empty database and gives the default project with an API to call. */
export async function startTestAccess(
  postgres: Postgres,
  more: Partial<AccessParts> = {},
): Promise<{ access: Access; api: HttpApp; project: string }> {
  const access = makeAccess(makeAccessParts(postgres, more))
  const { id } = await access.start()
  return { access, api: serveAccess(access), project: id }
}

export type Answer = {
  readonly status: number
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  readonly body: any
  readonly response: Response
}

/** Calls the API in process; with a cookie it behaves like the console's own page. */
export async function sendRequest(
  api: HttpApp,
  method: string,
  path: string,
  options: { key?: string; cookie?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await api.hono.request(`${consoleOrigin}${path}`, {
    method,
    headers: {
      ...(options.key ? { authorization: `Bearer ${options.key}` } : {}),
      ...(options.cookie ? { cookie: options.cookie, 'sec-fetch-site': 'same-origin' } : {}),
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false
  return { status: response.status, body: isJson ? JSON.parse(text) : text, response }
}
