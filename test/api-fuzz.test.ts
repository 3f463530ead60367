import {
  allRoutes,
  errorBody,
  listApps,
  listEvaluations,
  listJobs,
  listTraces,
  type Route,
} from '@ratchet/contract'
import fc from 'fast-check'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { arbitraryOfSchema, type KnownValues } from './support/arbitrary-of-schema.ts'
import { bootstrapKey, startRatchet, waitFor, type RunningRatchet } from './support/start-ratchet.ts'

let ratchet: RunningRatchet
let known: KnownValues

/** Long enough for some dozen calls each, short enough for the whole file: every run takes other values. */
const perRouteMs = 300
/** The evaluation of the sample goes on while we call. */
const slowestMs = 30_000

beforeAll(async () => {
  ratchet = await startRatchet({ args: ['--sample'] })
  known = await readKnown()
})
afterAll(() => ratchet.stop())

/** What the sample left behind: without real names, everything would end at "not found". */
async function readKnown(): Promise<KnownValues> {
  const { client } = ratchet
  // Traces come last: the evaluation of the sample then runs, and goes on while we call.
  const traces = await waitFor(
    'the traces of the sample',
    async () => {
      const { items } = await client.call(listTraces, { query: {} })
      return items.length > 0 ? items : undefined
    },
    200_000,
  )
  const evaluations = (await client.call(listEvaluations, { query: {} })).items
  const [app] = (await client.call(listApps, { query: {} })).items
  const jobs = (await client.call(listJobs, { query: {} })).items
  const ids = [...evaluations, ...jobs].map(({ id }) => id)
  return {
    app: ['docs-assistant'],
    release: ['r1', 'latest', app?.latestRelease?.digest ?? '', app?.latestRelease?.id ?? ''],
    id: ids,
    a: ids,
    b: ids,
    name: [
      'docs',
      'golden',
      'offline',
      'fuzzed',
      'exact-match',
      'token-f1',
      'retrieval-recall',
      'groundedness',
    ],
    environment: ['development', 'production'],
    traceId: traces.map(({ traceId }) => traceId),
    model: ['offline/extractive', 'offline/embedding', 'app/docs-assistant', 'app/docs-assistant@r1'],
    target: ['offline/extractive', 'app/docs-assistant', 'app/docs-assistant@r1'],
    entry: ['flows/answer.flow.yaml', 'prompts/answer.prompty'],
    path: ['ratchet.yaml', 'flows/answer.flow.yaml'],
    // Nobody listens there, which is told at once; a public host would be called for real.
    baseUrl: ['http://127.0.0.1:9/v1', 'http://[::1]:9/v1'],
    allowPrivate: [true],
    role: ['user', 'assistant'],
  }
}

type Call = { params: unknown; query: unknown; body: unknown }

function send(route: Route, { params, query, body }: Call): Promise<Response> {
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encoded(fieldOf(params, name)) || 'x')
  const url = new URL(ratchet.url + path)
  for (const [name, value] of Object.entries(typeof query === 'object' && query !== null ? query : {}))
    url.searchParams.append(name.toWellFormed(), textOf(value).toWellFormed())
  return fetch(url, {
    method: route.method,
    headers: { authorization: `Bearer ${bootstrapKey}`, 'content-type': 'application/json' },
    ...(route.method === 'GET' ? {} : { body: JSON.stringify(body) ?? 'undefined' }),
    signal: AbortSignal.timeout(slowestMs),
  })
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : value
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

/** A dot segment would be another route. */
function encoded(value: unknown): string {
  return encodeURIComponent(textOf(value).toWellFormed()).replaceAll('.', '%2E').slice(0, 2_000)
}

/** Ends the session of the caller, or never ends by itself. */
const spared = new Set(['endSession', 'tailTraces'])

test.each(allRoutes.filter(({ name }) => !spared.has(name)).map((route) => [route.name, route] as const))(
  '%s answers whatever comes, in time, and says what is wrong',
  async (_, route) => {
    const call = fc.record({
      params: arbitraryOfSchema(route.params, known),
      query: arbitraryOfSchema(route.query, known),
      body: arbitraryOfSchema(route.body, known),
    })
    const check = fc.asyncProperty(call, async (parts) => {
      const response = await send(route, parts)
      const text = await response.text()
      expect(response.status, text).toBeLessThan(500)
      if (response.status < 400) return
      const { error } = errorBody.parse(JSON.parse(text))
      expect(error.message).toMatch(/\S/)
      expect(error.requestId).toBe(response.headers.get('x-request-id'))
    })
    const ran = await fc.check(check, { numRuns: 1_000, interruptAfterTimeLimit: perRouteMs })
    // The first call may take as long as all were to take.
    if (ran.interrupted && ran.numRuns === 0) await fc.assert(check, { numRuns: 1 })
    else if (ran.failed) throw new Error(await fc.asyncDefaultReportMessage(ran))
  },
)

test('nothing of it broke inside', async () => {
  expect(ratchet.output()).not.toContain('"level":"error"')
  expect(ratchet.output()).not.toMatch(/unhandled|uncaught/i)
  const folder = join(ratchet.dataFolder, 'dead-letter')
  expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([])
})
