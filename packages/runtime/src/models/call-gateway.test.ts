import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ModelCall } from '../flows/execution-parts.ts'
import {
  startFakeGateway,
  startStream,
  streamText,
  textChunk,
  writeEvent,
  type FakeGateway,
} from '../testing/fake-gateway.ts'
import { makeGatewayClient, type GatewayClient } from './call-gateway.ts'
import { GatewaySockets } from './gateway-sockets.ts'

let gateway: FakeGateway
let client: GatewayClient

beforeEach(async () => {
  gateway = await startFakeGateway()
  client = makeGatewayClient(gateway.url)
})
afterEach(async () => {
  await client.close()
  await gateway.stop()
})

const caller = { token: 'rt_x', sessionId: 'chat 1', userId: 'zoë' }
function call(more: Partial<ModelCall> = {}): ModelCall {
  return {
    model: 'offline/extractive',
    messages: [{ role: 'user', content: 'Which port?' }],
    parameters: { temperature: 0, stream: false },
    parent: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) },
    signal: AbortSignal.timeout(30_000),
    ...more,
  }
}

test('an answer streams, and comes back whole with its usage', async () => {
  const texts: string[] = []
  gateway.answer = (response) => streamText(response, ['Zo', 'ë 🎉'])
  const answer = await client.callModel(caller, call({ onText: (text) => texts.push(text) }))
  expect(texts).toEqual(['Zo', 'ë 🎉'])
  expect(answer).toEqual({
    text: 'Zoë 🎉',
    toolCalls: [],
    costNano: undefined,
    costKnown: false,
    finishReason: 'stop',
    usage: {
      inputTokens: 11,
      outputTokens: 5,
      cachedInputTokens: 3,
      cacheWriteTokens: 0,
      reasoningTokens: 2,
    },
  })
})

test('the call carries token, trace, session and user, and always streams', async () => {
  await client.callModel(caller, call())
  const [seen] = gateway.calls
  expect(seen?.headers).toMatchObject({
    authorization: 'Bearer rt_x',
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    'x-ratchet-session': 'chat%201',
    'x-ratchet-user': 'zo%C3%AB',
  })
  expect(seen?.body).toEqual({
    temperature: 0,
    stream: true,
    stream_options: { include_usage: true },
    model: 'offline/extractive',
    messages: [{ role: 'user', content: 'Which port?' }],
  })
})

test('pieces of tool calls are put together', async () => {
  gateway.answer = (response) => {
    startStream(response)
    const piece = (tool: object) => ({
      choices: [{ index: 0, delta: { tool_calls: [tool] }, finish_reason: null }],
    })
    writeEvent(
      response,
      piece({ index: 0, id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"ci' } }),
    )
    writeEvent(
      response,
      piece({ index: 1, id: 'c2', type: 'function', function: { name: 'time', arguments: '{}' } }),
    )
    writeEvent(response, piece({ index: 0, function: { arguments: 'ty":"Bonn"}' } }))
    writeEvent(response, { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] })
    response.end('data: [DONE]\n\n')
  }
  expect(await client.callModel(caller, call())).toMatchObject({
    finishReason: 'tool_calls',
    toolCalls: [
      { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bonn"}' } },
      { id: 'c2', type: 'function', function: { name: 'time', arguments: '{}' } },
    ],
  })
})

test('a refusal of the gateway keeps its code, message and details', async () => {
  gateway.answer = (response) => {
    const error = {
      message: 'No model "x". Did you mean "y"?',
      type: 'invalid_request_error',
      param: null,
      code: 'model_not_found',
      details: { nearest: ['y'] },
    }
    response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
  }
  await expect(client.callModel(caller, call())).rejects.toMatchObject({
    code: 'model_not_found',
    message: 'No model "x". Did you mean "y"?',
    details: { nearest: ['y'], status: 404 },
  })
})

test('an error of a provider in words of its own is a provider error', async () => {
  gateway.answer = (response) => {
    response
      .writeHead(400, { 'content-type': 'application/json' })
      .end('{"error":{"message":"context too long","code":"context_length_exceeded"}}')
  }
  await expect(client.callModel(caller, call())).rejects.toMatchObject({
    code: 'provider_error',
    message: 'context too long',
    details: { providerCode: 'context_length_exceeded' },
  })
  gateway.answer = (response) => void response.writeHead(502).end('<html>bad gateway</html>')
  await expect(client.callModel(caller, call())).rejects.toThrow('failed with status 502: <html>bad gateway')
})

test('an error in the middle of the stream fails the call', async () => {
  gateway.answer = (response) => {
    startStream(response)
    writeEvent(response, textChunk('half'))
    writeEvent(response, { error: { message: 'the provider gave up', code: 'timeout' } })
    response.end()
  }
  await expect(client.callModel(caller, call())).rejects.toMatchObject({
    code: 'timeout',
    message: 'the provider gave up',
  })
})

test('a stream that ends without saying so was cut', async () => {
  gateway.answer = (response) => {
    startStream(response)
    writeEvent(response, textChunk('half'))
    response.end()
  }
  await expect(client.callModel(caller, call())).rejects.toMatchObject({ code: 'provider_stream_cut' })
  gateway.answer = (response) => {
    startStream(response)
    response.write('data: {"choices":[', () => response.destroy())
  }
  await expect(client.callModel(caller, call())).rejects.toMatchObject({ code: 'provider_stream_cut' })
})

test('an aborted call closes its connection', async () => {
  const controller = new AbortController()
  gateway.answer = (response) => {
    startStream(response)
    writeEvent(response, textChunk('half'))
  }
  const running = client.callModel(
    caller,
    call({ signal: controller.signal, onText: () => controller.abort(new Error('enough')) }),
  )
  await expect(running).rejects.toThrow('enough')
  await gateway.calls[0]?.closed
})

test('a gateway that is being restarted is tried again', async () => {
  await client.close()
  await gateway.stop()
  // Below those that the system gives to whoever asks for any.
  const port = randomInt(10_000, 32_000)
  client = makeGatewayClient(`http://127.0.0.1:${port}`)
  const running = client.callModel(caller, call())
  setTimeout(() => void startFakeGateway(port).then((next) => (gateway = next)), 200)
  expect((await running).text).toBe('Port 4701 [1].')
})

test('a gateway that stays away is named', async () => {
  const { url } = gateway
  await gateway.stop()
  await expect(client.callModel(caller, call())).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining(`The gateway at ${url} cannot be reached`),
  })
})

test('when nobody listens any more, a gateway that still ends its calls answers on its own socket', async () => {
  await client.close()
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-gateway-sockets-'))
  const socketPath = join(folder, 'gateway-2.sock')
  const seen: (string | undefined)[] = []
  const stopping = createServer((incoming, answer) => {
    seen.push(incoming.headers.authorization)
    const choices = [{ index: 0, delta: { content: 'Still here.' }, finish_reason: 'stop' }]
    answer.writeHead(200, { 'content-type': 'text/event-stream' })
    answer.end(`data: ${JSON.stringify({ choices })}\n\ndata: [DONE]\n\n`)
  })
  await new Promise<void>((resolve) => stopping.listen(socketPath, resolve))
  // The first is gone and has left its record.
  writeFileSync(join(folder, 'gateway.json'), JSON.stringify({ socket: join(folder, 'gone.sock') }))
  writeFileSync(join(folder, 'gateway-2.json'), JSON.stringify({ socket: socketPath }))
  client = makeGatewayClient('http://127.0.0.1:1', new GatewaySockets(folder))
  expect((await client.callModel(caller, call())).text).toBe('Still here.')
  expect(seen).toEqual([`Bearer ${caller.token}`])
  stopping.closeAllConnections()
  await new Promise((resolve) => stopping.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})
