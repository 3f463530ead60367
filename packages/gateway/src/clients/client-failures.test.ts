import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClientName, Question } from '../testing/clients/client-driver.ts'
import {
  modelOf,
  newTrace,
  pairs,
  startMatrixGateway,
  type MatrixGateway,
} from '../testing/clients/start-matrix-gateway.ts'
import { until } from '../testing/start-test-gateway.ts'
import { words, type Scenario } from '../testing/providers/answer-script.ts'
import { familyNames, type FamilyName } from '../testing/providers/provider-family.ts'
import { watchStalls } from '../testing/watch-stalls.ts'

let running: MatrixGateway
beforeAll(async () => {
  running = await startMatrixGateway()
})
afterAll(() => running.stop())

/** The class that users of the library catch for a status. */
function classOf(client: ClientName, status: number): string {
  if (client === 'google genai') return 'ApiError'
  if (status === 429) return 'RateLimitError'
  if (client !== 'anthropic') return 'InternalServerError'
  return status === 529 ? 'OverloadedError' : 'ServiceUnavailableError'
}

const beginning = `${words.pieces[0]}${words.pieces[1]}`

type Asking = { readonly client: ClientName; readonly family: FamilyName; readonly isStream: boolean }

/** A question that fails: the failure, what came before it, and its span. */
async function fail({ client, family, isStream }: Asking, scenario: Scenario, more: Partial<Question> = {}) {
  const { traceId, headers } = newTrace()
  let text = ''
  const onText = (piece: string): void => void (text += piece)
  const question = { model: modelOf(family, scenario), isStream, text: 'Hello', headers, onText, ...more }
  const error: unknown = await running.drivers[client].ask(question).then(
    () => {
      throw new Error('the call did not fail')
    },
    (caught: unknown) => caught,
  )
  return { error, text, ...running.drivers[client].describe(error), span: () => running.spanOf(traceId) }
}

const ways = [false, true].map((isStream) => ({ isStream, how: isStream ? 'streamed' : 'whole' }))
const rows = pairs.flatMap(([client, family]) => ways.map((way) => ({ client, family, ...way })))

describe.each(rows)('$client, $how, at $family', (row) => {
  const { client, family } = row

  test('A4.39 A4.41 an error before the answer is the class that users catch, with the provider’s words', async () => {
    const { error, className, status, text, span } = await fail(row, 'error-before')
    const expected = family === 'anthropic' ? 529 : 503
    expect({ className, status, text }).toEqual({
      className: classOf(client, expected),
      status: expected,
      text: '',
    })
    expect(String(error)).toContain(words.overloaded)
    expect(await span()).toMatchObject({ status: 'error', costNano: 0, usage: { inputTokens: 0 } })
  })

  test('A3.11 A4.42 a rate limit is one, and the span shows no cost', async () => {
    const { error, className, status, span } = await fail(row, 'rate-limit')
    expect({ className, status }).toEqual({ className: classOf(client, 429), status: 429 })
    expect(String(error)).toContain(words.tooFast)
    expect(await span()).toMatchObject({ status: 'error', costNano: 0 })
  })

  test('A3.3 a client that leaves closes the call to the provider within 100 ms', async () => {
    const leaving = new AbortController()
    const { seen } = running.providers[family]
    const before = seen.length
    const stalls = watchStalls()
    let leftMs = 0
    const leave = (): void => {
      leftMs = performance.now()
      leaving.abort()
    }
    const onText = row.isStream ? leave : () => undefined
    const failing = fail(row, 'endless', { signal: leaving.signal, onText })
    const call = await until(() => Promise.resolve(seen[before]))
    if (!row.isStream) setTimeout(leave, 30)
    const { span } = await failing
    const closedMs = await until(() => Promise.resolve(call.closedMs))
    expect(closedMs - leftMs).toBeLessThan(100 + stalls.stoodMs())
    const { status, errorCode, usageEstimated, costNano } = await span()
    expect({ status, errorCode }).toEqual({ status: 'cancelled', errorCode: 'client_closed' })
    expect({ usageEstimated, isCharged: costNano > 0 }).toEqual({ usageEstimated: true, isCharged: true })
  })
})

describe.each(pairs)('%s, streamed, at %s', (client, family) => {
  const row = { client, family, isStream: true }

  test('A3.1 A4.5 a stream that is cut is an error after what came, never a clean end', async () => {
    const { error, text, span } = await fail(row, 'cut')
    expect(text).toBe(beginning)
    expect(String(error)).toMatch(/broke off/)
    const { status, errorCode, output, usageEstimated } = await span()
    expect({ status, errorCode, output, usageEstimated }).toEqual({
      status: 'error',
      errorCode: 'provider_stream_cut',
      output: beginning,
      usageEstimated: true,
    })
  })

  test('A4.39 an error in the middle of a stream is the client’s error, after what came', async () => {
    const { error, text, span } = await fail(row, 'error-middle')
    expect(text).toBe(beginning)
    expect(String(error)).toContain(words.overloaded)
    const { status, output } = await span()
    expect({ status, output }).toEqual({ status: 'error', output: beginning })
  })
})

describe.each(pairs)('%s, whole, at %s', (client, family) => {
  test('A3.1 half an answer is an error, never an answer', async () => {
    const { status, span } = await fail({ client, family, isStream: false }, 'cut')
    expect(status).toBe(502)
    expect(await span()).toMatchObject({ status: 'error', errorCode: 'provider_stream_cut' })
  })
})

test.each(pairs)('A4.42 Retry-After reaches the %s client from %s as seconds', async (client, family) => {
  const paths: Readonly<Record<ClientName, string>> = {
    'openai chat': '/v1/chat/completions',
    'openai responses': '/v1/responses',
    anthropic: '/v1/messages',
    'google genai': `/v1beta/models/${modelOf(family, 'rate-limit')}:generateContent`,
  }
  const model = modelOf(family, 'rate-limit')
  const messages = [{ role: 'user', content: 'Hello' }]
  const bodies: Readonly<Record<ClientName, object>> = {
    'openai chat': { model, messages },
    'openai responses': { model, input: 'Hello' },
    anthropic: { model, messages, max_tokens: 50 },
    'google genai': { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
  }
  const response = await running.post(paths[client], bodies[client])
  expect(response.status).toBe(429)
  expect(response.headers.get('retry-after')).toBe('7')
})

const moves = familyNames.flatMap((from) =>
  familyNames.filter((to) => to !== from).map((to) => [from, to] as const),
)

describe.each(moves)('a conversation that began at %s and goes on at %s', (from, to) => {
  test.each(pairs.filter(([, family]) => family === from))(
    'A4.13 A4.22 A4.23 keeps its calls and results, and no proof of thoughts goes to a stranger (%s)',
    async (client) => {
      const driver = running.drivers[client]
      const isStream = true
      const first = await driver.ask({
        model: modelOf(from, 'parallel-tools'),
        isStream,
        text: 'Hello',
        hasTools: true,
      })
      const results = first.calls.map(({ id, name }) => ({ id, name, text: `${name} said so` }))
      const second = await driver.ask({
        model: modelOf(to, 'tool-results'),
        isStream,
        text: 'Hello',
        hasTools: true,
        before: { turn: first.turn, results },
      })
      expect(second.text).toBe('get_weather said so / get_time said so')
      const thought = await driver.ask({
        model: modelOf(from, 'reasoning'),
        isStream,
        text: 'Hello',
        thinks: true,
      })
      await driver.ask({
        model: modelOf(to, 'plain'),
        isStream,
        text: 'Hello',
        before: { turn: thought.turn, results: [] },
      })
      expect(running.providers[to].seen.at(-1)?.text.includes(words.signature)).toBe(false)
    },
  )
})
