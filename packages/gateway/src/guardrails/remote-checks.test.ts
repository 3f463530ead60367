import { createServer } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { attributesOf, useConfig } from '../testing/cached-gateway.ts'
import { startTestGateway, until, type TestGateway } from '../testing/start-test-gateway.ts'

let running: TestGateway
beforeEach(async () => {
  running = await startTestGateway()
})
afterEach(() => running.stop())

/** A moderation service that never comes to an end; tells how much of its answer was taken. */
async function startEndlessService() {
  const sent = { bytes: 0, isCut: false }
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'application/json' })
    const chunk = Buffer.alloc(64 * 1024, ' ')
    const write = (): void => {
      if (response.destroyed) return
      sent.bytes += chunk.length
      if (response.write(chunk)) setImmediate(write)
      else response.once('drain', write)
    }
    response.on('close', () => (sent.isCut = true))
    write()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/v1`
  const stop = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { sent, url, stop }
}

test.each([
  { onFailure: 'block' as const, status: 400 },
  { onFailure: 'pass' as const, status: 200 },
])(
  'a guardrail service that answers without end is cut off after a mebibyte and has not checked ($onFailure)',
  async ({ onFailure, status }) => {
    const service = await startEndlessService()
    try {
      const [first] = running.snapshot.connections
      if (first === undefined) throw new Error('no connection')
      const connections = [
        ...running.snapshot.connections,
        { ...first, name: 'moderator', baseUrl: service.url },
      ]
      const detectors = [{ type: 'openai-moderation' as const, connection: 'moderator', onFailure }]
      const rules = [{ name: 'harm', detectors, on: ['input' as const], action: 'block' as const }]
      await useConfig(
        running,
        { guardrails: [{ name: 'safety', rules }], defaults: { guardrails: ['safety'] } },
        { connections },
      )
      const response = await running.post('/v1/chat/completions', {
        model: 'test/gpt-test',
        messages: [{ role: 'user', content: 'Hello there' }],
      })
      expect(response.status).toBe(status)
      await until(async () => service.sent.isCut || undefined)
      // What was taken, and what the sockets hold between us.
      expect(service.sent.bytes).toBeLessThan(16 * 1024 * 1024)
      const span = await until(async () => running.control.spans.find(({ type }) => type === 'guard'))
      expect(JSON.stringify(attributesOf(span))).toContain('the answer is larger than 1048576 bytes')
    } finally {
      await service.stop()
    }
  },
)

test('a service is asked about all of a long text, wherever in it the harm stands', async () => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => (body += String(part)))
    request.on('end', () => {
      const { input } = JSON.parse(body) as { input: string }
      asked.push(input)
      const result = { categories: { violence: input.includes('HARM') }, category_scores: { violence: 1 } }
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ results: [result] }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const baseUrl = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/v1`
  try {
    const [first] = running.snapshot.connections
    if (first === undefined) throw new Error('no connection')
    const connections = [...running.snapshot.connections, { ...first, name: 'moderator', baseUrl }]
    const detectors = [{ type: 'openai-moderation' as const, connection: 'moderator', timeoutMs: 30_000 }]
    const rules = [{ name: 'harm', detectors, on: ['input' as const], action: 'block' as const }]
    await useConfig(
      running,
      { guardrails: [{ name: 'safety', rules }], defaults: { guardrails: ['safety'] } },
      { connections },
    )
    const say = (content: string) =>
      running.post('/v1/chat/completions', { model: 'test/gpt-test', messages: [{ role: 'user', content }] })
    // The word stands where two pieces meet.
    expect((await say(`${'x'.repeat(99_998)}HARM${'y'.repeat(60_000)}`)).status).toBe(400)
    expect(asked.length).toBeGreaterThan(1)
    expect((await say('x'.repeat(160_000))).status).toBe(200)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})
