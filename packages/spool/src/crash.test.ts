import { spawn } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeHttpSender } from './shipping/send-shipment.ts'
import { startSpool } from './start-spool.ts'
import { makeSink, type TelemetrySink } from './testing/telemetry-sink.ts'

let root: string
let sink: TelemetrySink
let server: Server
let socketPath: string
let loseShare = 0.2

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-crash-'))
  sink = makeSink()
  socketPath = join(root, 'control.sock')
  server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      void sink.send(Buffer.concat(parts), AbortSignal.timeout(1000)).then((result) => {
        if (Math.random() < loseShare) response.destroy()
        else response.writeHead(result.kind === 'stored' ? 204 : 400).end()
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(root, { recursive: true, force: true })
})

const childProgram = new URL('./testing/crash-child.ts', import.meta.url).pathname

/** Runs a writer and kills it (-9) at a random moment; gives the ids it had acknowledged. */
async function runAndKill(instance: string): Promise<string[]> {
  const child = spawn(process.execPath, [childProgram, join(root, 'spool'), instance, socketPath])
  let text = ''
  let errors = ''
  child.stderr.on('data', (part: Buffer) => (errors += part.toString()))
  await new Promise<void>((resolve) => {
    let isDoomed = false
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString()
      // Not before it has done something: on a busy machine it is slow at first.
      if (isDoomed || text.length < 30 * 17) return
      isDoomed = true
      setTimeout(() => child.kill('SIGKILL'), Math.random() * 270)
    })
    child.once('close', () => resolve())
  })
  expect(errors).toBe('')
  return text.split('\n').filter((line) => line.length === 16)
}

test('a writer killed at random moments loses no acknowledged span and stores none twice', async () => {
  const acknowledged: string[] = []
  for (let run = 0; run < 5; run++) acknowledged.push(...(await runAndKill(`run${run}`)))
  expect(acknowledged.length).toBeGreaterThan(100)
  loseShare = 0
  const heir = await startSpool({
    root: join(root, 'spool'),
    process: 'gateway',
    instance: 'heir',
    send: makeHttpSender({ socketPath }, 'token'),
    delayMs: 5,
  })
  await expect.poll(() => heir.stats().pendingRecords).toBe(0)
  await heir.stop()
  const stored = sink.spanIds()
  const known = new Set(stored)
  expect(known.size).toBe(stored.length)
  expect(acknowledged.filter((id) => !known.has(id))).toEqual([])
})
