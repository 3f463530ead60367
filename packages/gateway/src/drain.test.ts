import { Agent, request } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { encodeForeignId } from './formats/files-batches/foreign-id.ts'
import { keys } from './testing/example-snapshot.ts'
import { startTestGateway, until, type TestGateway } from './testing/start-test-gateway.ts'

let t: TestGateway | undefined
afterEach(async () => {
  await t?.stop().catch(() => undefined)
  t = undefined
})

type Answer = { readonly status: number; readonly connection: string; readonly text: string }

/** One call on the only connection of `agent`; rejects when that is cut. */
function ask({ gateway }: TestGateway, agent: Agent, body: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${keys.invoke}`, 'content-type': 'application/json' }
    const call = request(
      `${gateway.url}/v1/chat/completions`,
      { method: 'POST', agent, headers },
      (answer) => {
        let text = ''
        answer.on('data', (part: Buffer) => (text += part.toString()))
        answer.on('error', reject)
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, connection: answer.headers.connection ?? '', text }),
        )
      },
    )
    call.on('error', reject)
    call.end(JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }], ...body }))
  })
}

test('a client whose connection is in use when the gateway stops loses no call, and is told to go elsewhere', async () => {
  const running = (t = await startTestGateway({ drainTimeoutMs: 60_000 }))
  const work = async (isStream: boolean): Promise<number> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (let calls = 1; ; calls++) {
      const answer = await ask(running, agent, { model: 'any/mode:slow', stream: isStream })
      expect(answer.status).toBe(200)
      if (answer.connection === 'close') return calls
      // As clients do that look at an answer before they ask again.
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
  }
  const clients = Array.from({ length: 12 }, (_, index) => work(index % 2 === 0))
  await until(async () => running.upstream.seen.length > 24 || undefined)
  const stopped = running.gateway.stop()
  const calls = await Promise.all(clients)
  await stopped
  expect(Math.min(...calls)).toBeGreaterThan(1)
})

test('a connection that nobody uses does not hold up the stop', async () => {
  const running = (t = await startTestGateway({ drainTimeoutMs: 60_000 }))
  const agent = new Agent({ keepAlive: true })
  expect((await ask(running, agent, { model: 'test/gpt-test' })).connection).toBe('keep-alive')
  const startedMs = performance.now()
  await running.gateway.stop()
  expect(performance.now() - startedMs).toBeLessThan(30_000)
  agent.destroy()
})

test('a call that outlives the time of the stop is cut off, and its span blames the gateway and not the client', async () => {
  const running = (t = await startTestGateway({ drainTimeoutMs: 500 }))
  running.upstream.pauseMs = 60_000
  const agent = new Agent()
  const cut = ask(running, agent, { model: 'test/gpt-test', stream: true }).catch((error: unknown) => error)
  await until(async () => running.upstream.seen.length > 0 || undefined)
  await running.gateway.stop()
  expect(await cut).toBeInstanceOf(Error)
  const [span] = running.control.spans
  expect(span).toMatchObject({ status: 'error', errorCode: 'unavailable' })
  expect(span?.errorMessage).toContain('RATCHET_DRAIN_TIMEOUT_MS')
})

test('a batch call that outlives the stop blames the gateway, too', async () => {
  const running = (t = await startTestGateway({ drainTimeoutMs: 500 }))
  running.upstream.pauseMs = 60_000
  const answer = await fetch(`${running.gateway.url}/v1/batches`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.invoke}`, 'content-type': 'application/json' },
    body: JSON.stringify({ input_file_id: encodeForeignId('test', 'file-1'), stream: true }),
  })
  await running.gateway.stop()
  await expect(answer.text()).rejects.toThrow('terminated')
  expect(running.control.spans[0]).toMatchObject({ status: 'error', errorCode: 'unavailable' })
})
