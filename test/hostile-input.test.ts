import {
  allRoutes,
  createConnection,
  createProject,
  errorBody,
  listApps,
  listConnections,
  listTraces,
  type Route,
} from '@ratchet/contract'
import { makeClient } from '@ratchet/sdk'
import fc from 'fast-check'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bootstrapKey, startRatchet, type RunningRatchet } from './support/start-ratchet.ts'

let ratchet: RunningRatchet

beforeAll(async () => {
  ratchet = await startRatchet()
})
afterAll(() => ratchet.stop())

/** Routes that would end the session, stream for ever, or do real work with anything they are given. */
const spared = new Set(['endSession', 'tailTraces', 'rotateSecrets', 'replayTelemetry'])
const routes = allRoutes.filter((route) => !spared.has(route.name))

const word = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom(
    '..',
    '%00',
    '\u0000',
    "' OR 1=1 --",
    '{{7*7}}',
    '🎉',
    '01990000-0000-7000-8000-000000000000',
  ),
)
const json = fc.oneof(
  fc.json({ maxDepth: 4 }),
  fc.constantFrom('{"', '[1,', 'null', '"text"', '{"__proto__":{"x":1}}', ''),
)

async function send(
  route: Route,
  parts: { words: readonly string[]; query: string; body: string },
): Promise<Response> {
  let next = 0
  const path = route.path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(parts.words[next++] ?? 'x') || 'x')
  return fetch(
    `${ratchet.url}${path}?limit=${encodeURIComponent(parts.query)}&cursor=${encodeURIComponent(parts.query)}`,
    {
      method: route.method,
      headers: { authorization: `Bearer ${bootstrapKey}`, 'content-type': 'application/json' },
      ...(route.method === 'GET' ? {} : { body: parts.body }),
      signal: AbortSignal.timeout(60_000),
    },
  )
}

test.each(routes.map((route) => [route.name, route] as const))(
  '%s answers any input without failing inside',
  async (_, route) => {
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 3 }), word, json, async (words, query, body) => {
        const response = await send(route, { words, query, body })
        const text = await response.text()
        expect(response.status, `${route.path} ${words.join('|')} ${query} ${body}: ${text}`).toBeLessThan(
          500,
        )
        const isExplained = response.status < 400 || errorBody.safeParse(JSON.parse(text)).success
        expect(isExplained, text).toBe(true)
      }),
      { numRuns: 12 },
    )
  },
)

describe('two projects', () => {
  test('do not see each other, and a key of one cannot enter the other by header', async () => {
    const { client } = ratchet
    await client.call(createProject, { body: { name: 'other' } })
    const other = makeClient({ baseUrl: ratchet.url, key: bootstrapKey, project: 'other' })
    const body = {
      name: 'shared-name',
      provider: 'openai-compatible' as const,
      baseUrl: 'http://127.0.0.1:9/v1',
      allowPrivate: true,
      apiKey: 'sk-secret-of-other',
    }
    await other.call(createConnection, { body })
    const names = async (from: typeof other) =>
      (await from.call(listConnections, { query: {} })).items.map(({ name }) => name)
    expect(await names(other)).toContain('shared-name')
    expect(await names(client)).not.toContain('shared-name')
    await client.call(createConnection, { body: { ...body, apiKey: 'sk-secret-of-ours' } })
    expect((await other.call(listTraces, { query: {} })).items).toEqual([])
    expect((await other.call(listApps, { query: {} })).items).toEqual([])
  })

  test('keep their credentials out of logs, answers and the files of the data folder', async () => {
    const response = await fetch(`${ratchet.url}/api/v1/connections`, {
      headers: { authorization: `Bearer ${bootstrapKey}` },
    })
    expect(await response.text()).not.toContain('sk-secret')
    expect(ratchet.output()).not.toContain('sk-secret')
    const files = readdirSync(ratchet.dataFolder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    )
    const leaking = files
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => readFileSync(path).includes('sk-secret-of'))
    expect(leaking).toEqual([])
  })
})

test.each([
  'http://127.0.0.1:8080/v1',
  'http://localhost/v1',
  'http://[::1]/v1',
  'http://[::ffff:10.0.0.1]/v1',
  'http://169.254.169.254/latest',
  'http://0x7f000001/v1',
  'http://2130706433/v1',
  'http://user:password@example.com/v1',
  'file:///etc/passwd',
])('a connection to %s is refused', async (baseUrl) => {
  await expect(
    ratchet.client.call(createConnection, {
      body: { name: 'inward', provider: 'openai-compatible', baseUrl },
    }),
  ).rejects.toMatchObject({ code: expect.stringMatching(/address_forbidden|validation_failed/) as string })
})
