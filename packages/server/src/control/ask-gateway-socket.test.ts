import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'
import { makeInvocations } from '../features/invocations/index.ts'
import { makeAskSocket } from './ask-gateway-socket.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-ask-socket-'))
  mkdirSync(join(folder, 'run'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const record = (name: string, socket: string) =>
  writeFileSync(join(folder, 'run', `${name}.json`), JSON.stringify({ pid: 1, socket }))

const embed = () =>
  makeInvocations({
    // Nobody listens there.
    gatewayUrl: 'http://127.0.0.1:3',
    askSocket: makeAskSocket(folder),
    signToken: () => 'rt_test',
    resolveRelease: async () => ({ digest: '' }),
    clock: systemClock,
  }).embed(['text'], {
    project: '0192aaaa-0000-7000-8000-000000000001',
    environment: 'development',
    keyId: 'runner',
    model: 'offline/embedding',
  })

test('a gateway that stops is asked on its own socket while it still ends its calls', async () => {
  const seen: (string | undefined)[] = []
  const stopping = createServer((request, response) => {
    seen.push(request.headers.authorization)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ data: [{ index: 0, embedding: [0.5] }] }))
  })
  const socketPath = join(folder, 'run/gateway-2.sock')
  await new Promise<void>((resolve) => stopping.listen(socketPath, resolve))
  record('gateway', join(folder, 'run/gone.sock'))
  record('gateway-2', socketPath)
  expect(await embed()).toEqual([[0.5]])
  expect(seen).toEqual(['Bearer rt_test'])
  await new Promise((resolve) => stopping.close(resolve))
})

test('when none is left that is said', async () => {
  record('gateway', join(folder, 'run/gone.sock'))
  await expect(embed()).rejects.toMatchObject({ code: 'unavailable' })
})
