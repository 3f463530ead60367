import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keys } from '../testing/example-snapshot.ts'
import { modelOf, startMatrixGateway, type MatrixGateway } from '../testing/clients/start-matrix-gateway.ts'
import { words } from '../testing/providers/answer-script.ts'
import { familyNames, type FamilyName } from '../testing/providers/provider-family.ts'

let running: MatrixGateway
beforeAll(async () => {
  running = await startMatrixGateway()
})
afterAll(() => running.stop())

const messages = [{ role: 'user', content: 'Hello' }]

test.each([
  ['passed on', '/v1/chat/completions', {}],
  ['translated', '/v1/messages', { max_tokens: 50 }],
])('A3.5 a stream that is %s arrives piece by piece, as its provider sends it', async (_, path, more) => {
  const { upstream } = running
  const arrivals = upstream.pieces.map(() => Promise.withResolvers<void>())
  // The provider sends no piece before the client has the one before it: kept back, none would ever come.
  upstream.afterPiece = (index) => arrivals[index]?.promise ?? Promise.resolve()
  try {
    const response = await running.post(path, { model: 'test/gpt-test', messages, stream: true, ...more })
    const decoder = new TextDecoder()
    let count = 0
    for await (const chunk of response.body ?? []) {
      const text = decoder.decode(chunk as Uint8Array, { stream: true })
      const piece = JSON.stringify(upstream.pieces[count] ?? 'no more').slice(1, -1)
      if (text.includes(piece)) arrivals[count++]?.resolve()
    }
    expect(count).toBe(upstream.pieces.length)
  } finally {
    upstream.afterPiece = () => Promise.resolve()
  }
})

type LifecycleEvent = {
  readonly type: string
  readonly sequence_number: number
  readonly item_id?: string
  readonly delta?: string
  readonly arguments?: string
  readonly item?: { readonly id?: string; readonly type?: string; readonly arguments?: string }
  readonly response?: { readonly output: readonly { readonly arguments?: string }[] }
}

test.each(familyNames)('A3.14 A4.35 Responses from %s have their whole lifecycle', async (family) => {
  const tools = [{ type: 'function', name: 'get_weather', parameters: {}, strict: false }]
  const body = { model: modelOf(family, 'parallel-tools'), input: 'Hello', stream: true, tools }
  const text = await (await running.post('/v1/responses', body)).text()
  const events = text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice(6)) as LifecycleEvent)
  const types = events.map(({ type }) => type)
  expect(types.slice(0, 2)).toEqual(['response.created', 'response.in_progress'])
  expect(types.at(-1)).toBe('response.completed')
  expect(events.map((event) => event.sequence_number)).toEqual(events.keys().toArray())
  const calls = events.filter(
    ({ type, item }) => type === 'response.output_item.added' && item?.type === 'function_call',
  )
  expect(calls).toHaveLength(2)
  const written = calls.map(({ item }) => {
    const own = events.filter((event) => event.item_id === item?.id)
    const deltas = own.filter(({ type }) => type === 'response.function_call_arguments.delta')
    const done = own.find(({ type }) => type === 'response.function_call_arguments.done')
    const last = events.find(
      (event) => event.type === 'response.output_item.done' && event.item?.id === item?.id,
    )
    const joined = deltas.map(({ delta }) => delta).join('')
    expect(joined).not.toBe('')
    expect([done?.arguments, last?.item?.arguments]).toEqual([joined, joined])
    return joined
  })
  expect(written.map((each) => JSON.parse(each) as unknown)).toEqual([
    { city: 'Bern', days: [1, 2.5] },
    { zone: 'CET' },
  ])
  // Beside the calls there may be proof of the thought that led to them.
  const output = events.at(-1)?.response?.output ?? []
  expect(output.flatMap((item) => item.arguments ?? [])).toEqual(written)
})

const families: readonly FamilyName[] = ['openai', 'anthropic', 'gemini', 'bedrock']
const ways = ['authorization', 'x-api-key', 'x-goog-api-key'].flatMap((header) =>
  families.map((family) => [header, family] as const),
)

test.each(ways)('A4.43 our key in %s opens the gateway and never reaches %s', async (header, family) => {
  const value = header === 'authorization' ? `Bearer ${keys.invoke}` : keys.invoke
  const response = await fetch(`${running.gateway.url}/v1/messages`, {
    method: 'POST',
    headers: {
      [header]: value,
      'content-type': 'application/json',
      'anthropic-beta': 'some-beta-2030-01-01',
      cookie: 'secret=1',
      te: 'trailers',
    },
    body: JSON.stringify({ model: modelOf(family, 'plain'), messages, max_tokens: 50 }),
  })
  const body = await response.text()
  expect(body).toContain(words.pieces.join(''))
  expect(Number(response.headers.get('content-length'))).toBe(Buffer.byteLength(body))
  expect(response.headers.get('content-encoding')).toBeNull()
  expect(response.headers.get('x-ratchet-provider-request-id')).toBe('req-of-provider')
  expect(response.headers.get('x-request-id')).not.toBe('req-of-provider')
  const seen = running.providers[family].seen.at(-1)
  const sent = JSON.stringify(seen?.headers)
  expect(sent).not.toMatch(/rk_invoke|secret=1|trailers/)
  expect(Number(seen?.headers['content-length'])).toBe(Buffer.byteLength(seen?.text ?? ''))
  expect(seen?.headers['anthropic-beta']).toBe(family === 'anthropic' ? 'some-beta-2030-01-01' : undefined)
})

/** Milliseconds of one call over a connection of its own, so that no earlier one helps. */
function timeCall(): Promise<number> {
  const startMs = performance.now()
  const body = JSON.stringify({ model: modelOf('openai', 'plain'), messages })
  return new Promise((resolve, reject) => {
    const sent = request(
      `${running.gateway.url}/v1/chat/completions`,
      { method: 'POST', headers: { authorization: `Bearer ${keys.invoke}`, connection: 'close' } },
      (response) => {
        response.resume()
        response.on('end', () =>
          response.statusCode === 200
            ? resolve(performance.now() - startMs)
            : reject(new Error(`answered ${response.statusCode}`)),
        )
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

async function slowOf(calls: number): Promise<number> {
  const times: number[] = []
  for (let call = 0; call < calls; call++) times.push(await timeCall())
  return times.toSorted((a, b) => a - b)[Math.floor(calls * 0.9)] ?? 0
}

test('A3.7 A3.8 a store of spans that is slow or gone slows no call', async () => {
  await slowOf(20)
  const before = await slowOf(60)
  await running.control.stop()
  expect(await slowOf(60)).toBeLessThan(before * 3 + 15)
})
