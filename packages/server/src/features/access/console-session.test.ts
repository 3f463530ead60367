import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import type { HttpApp } from '#platform/http/http-app.ts'
import type { Postgres } from '#platform/postgres/open-postgres.ts'
import { eachPostgres } from '#platform/testing/engines.ts'
import { accessMigrations, makeAccess, type Access } from './index.ts'
import {
  bootstrapKey,
  consoleOrigin,
  makeAccessParts,
  makeTestClock,
  sendRequest as send,
  serveAccess as serve,
  startTestAccess,
} from './testing/index.ts'

const clock = makeTestClock()

eachPostgres((open) => {
  let postgres: Postgres
  let access: Access
  let api: HttpApp
  beforeAll(async () => {
    postgres = await open(accessMigrations)
    ;({ access, api } = await startTestAccess(postgres, { clock }))
  })

  const signIn = async (url: string): Promise<string> => {
    const { response } = await send(api, 'GET', url.replace(consoleOrigin, ''))
    expect(response.status).toBe(303)
    return (response.headers.get('set-cookie') ?? '').split(';')[0]!
  }

  test('a link opens one session, is good once, and sends the browser to the console', async () => {
    const { url } = await access.createConsoleLink()
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:4700\/open\?token=[\w-]{43}$/)
    const { response } = await send(api, 'GET', url.replace(consoleOrigin, ''))
    expect(response.headers.get('location')).toBe('/')
    expect(response.headers.get('set-cookie')).toMatch(
      /^ratchet_session=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/,
    )
    const again = await send(api, 'GET', url.replace(consoleOrigin, ''))
    expect(again.status).toBe(410)
    expect(again.body).toContain('npx ratchet open')
    const cookie = response.headers.get('set-cookie')!.split(';')[0]!
    const mine = await send(api, 'GET', '/api/v1/me', {
      cookie,
      headers: { 'x-ratchet-project': 'default' },
    })
    expect(mine.body).toMatchObject({ actor: { kind: 'session' }, project: { name: 'default' } })
  })

  test('two browsers that open the same link at once get one session between them', async () => {
    const { url } = await access.createConsoleLink()
    const path = url.replace(consoleOrigin, '')
    const answers = await Promise.all([send(api, 'GET', path), send(api, 'GET', path)])
    expect(answers.map((answer) => answer.status).sort((a, b) => a - b)).toEqual([303, 410])
  })

  test('a link expires after ten minutes', async () => {
    const { url } = await access.createConsoleLink()
    clock.advance(10 * 60_000)
    expect((await send(api, 'GET', url.replace(consoleOrigin, ''))).status).toBe(410)
  })

  test('only hashes of links and sessions are stored', async () => {
    const { url } = await access.createConsoleLink()
    const cookie = await signIn(url)
    const dump = JSON.stringify([
      (await sql`select * from console_links`.execute(postgres.db)).rows,
      (await sql`select * from sessions`.execute(postgres.db)).rows,
    ])
    expect(dump).not.toContain(url.split('token=')[1])
    expect(dump).not.toContain(cookie.split('=')[1])
  })

  test('signing in again ends the session the browser had', async () => {
    const first = await signIn((await access.createConsoleLink()).url)
    const { url } = await access.createConsoleLink()
    await send(api, 'GET', url.replace(consoleOrigin, ''), { cookie: first })
    expect((await send(api, 'GET', '/api/v1/me', { cookie: first })).status).toBe(401)
  })

  test('a session ends after thirty days without use, not before', async () => {
    const cookie = await signIn((await access.createConsoleLink()).url)
    clock.advance(29 * 86_400_000)
    expect((await send(api, 'GET', '/api/v1/me', { cookie })).status).toBe(200)
    clock.advance(29 * 86_400_000)
    expect((await send(api, 'GET', '/api/v1/me', { cookie })).status).toBe(200)
    clock.advance(30 * 86_400_000)
    expect((await send(api, 'GET', '/api/v1/me', { cookie })).status).toBe(401)
  })

  test('signing out ends the session and removes the cookie', async () => {
    const cookie = await signIn((await access.createConsoleLink()).url)
    const out = await send(api, 'DELETE', '/api/v1/session', { cookie })
    expect(out.response.headers.getSetCookie()[0]).toContain('ratchet_session=; Path=/; Max-Age=0')
    expect((await send(api, 'GET', '/api/v1/me', { cookie })).status).toBe(401)
    expect((await send(api, 'DELETE', '/api/v1/session', { key: bootstrapKey })).status).toBe(400)
  })

  test('another site cannot make changes with the cookie', async () => {
    const cookie = await signIn((await access.createConsoleLink()).url)
    const forged = await send(api, 'POST', '/api/v1/keys', {
      cookie,
      body: { name: 'x' },
      headers: { 'sec-fetch-site': 'cross-site', origin: 'http://evil.example' },
    })
    expect(forged.status).toBe(403)
  })

  test('a public console uses only the __Host- cookie, with Secure', async () => {
    const publicAccess = makeAccess(makeAccessParts(postgres, { clock, isPublic: true }))
    const publicApi = serve(publicAccess)
    const { url } = await publicAccess.createConsoleLink()
    const { response } = await send(publicApi, 'GET', url.replace(consoleOrigin, ''))
    const setCookie = response.headers.get('set-cookie') ?? ''
    expect(setCookie).toMatch(/^__Host-ratchet_session=.*; HttpOnly; SameSite=Lax; Secure$/)
    const token = setCookie.split(';')[0]!.split('=')[1]
    const callAs = (cookie: string) => send(publicApi, 'GET', '/api/v1/me', { cookie })
    expect((await callAs(`__Host-ratchet_session=${token}`)).status).toBe(200)
    expect((await callAs(`ratchet_session=${token}`)).status).toBe(401)
  })
})
