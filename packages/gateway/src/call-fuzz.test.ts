import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { arbitraryAnswer, arbitraryRun } from './testing/arbitrary-answer.ts'
import { arbitraryCall, type ArbitraryCall } from './testing/arbitrary-request.ts'
import { exampleSnapshot } from './testing/example-snapshot.ts'
import { sendRaw } from './testing/raw-call.ts'
import { startRawUpstream, type RawAnswer, type RawUpstream } from './testing/raw-upstream.ts'
import { startGatewayProcess, type GatewayProcess } from './testing/start-gateway-process.ts'
import { until } from './testing/start-test-gateway.ts'

let folder: string
let provider: RawUpstream
let runner: RawUpstream
let gateway: GatewayProcess

/** Both are short, because providers that fall silent are among the answers. */
const idleMs = 250
const requestMs = 600
/** A runner gets a second more than its deadline; then everything is over. */
const slowestMs = 15_000
/** Every run takes other calls. */
const fuzzMs = 8_000

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-call-fuzz-'))
  const runnerSocket = join(folder, 'runner.sock')
  provider = await startRawUpstream()
  runner = await startRawUpstream(runnerSocket)
  const snapshot = exampleSnapshot(provider.url)
  const broken = snapshot.connections
    .slice(0, 1)
    .map((each) => ({ ...each, name: 'broken', baseUrl: 'http://[' }))
  gateway = await startGatewayProcess(
    {
      ...snapshot,
      limits: { bodyBytes: 1_000_000, requestTimeoutMs: requestMs },
      connections: [...snapshot.connections, ...broken],
    },
    {
      RATCHET_FIRST_TOKEN_TIMEOUT_MS: String(idleMs),
      RATCHET_IDLE_TIMEOUT_MS: String(idleMs),
      RATCHET_RUNNER_SOCKET: runnerSocket,
    },
  )
})
afterAll(async () => {
  await gateway.stop()
  await Promise.all([provider.stop(), runner.stop()])
  rmSync(folder, { recursive: true, force: true })
})

test('every call ends, whatever the client sends and whatever provider and runner answer', async () => {
  const property = fc.asyncProperty(arbitraryCall, arbitraryAnswer, arbitraryRun, checkCall)
  await fc.assert(property, { numRuns: 100_000, interruptAfterTimeLimit: fuzzMs, endOnFailure: true })
})

async function checkCall(call: ArbitraryCall, answer: RawAnswer, run: RawAnswer): Promise<void> {
  provider.answer = answer
  runner.answer = run
  const result = await sendRaw(gateway.port, call, slowestMs)
  const shown = `${show(call.chunks)}\n--- provider\n${show(answer.chunks)}\n--- runner\n${show(run.chunks)}\n--- told\n${result.text}`
  expect(gateway.exitCode(), `${shown}\n${gateway.output()}`).toBeUndefined()
  expect(result.isClosed, `${shown}\nstill open after ${result.tookMs} ms`).toBe(true)
  expect(result.text, shown).toMatch(call.isWhole ? /^HTTP\/1\.1 \d{3} / : /^(?:HTTP\/1\.1 \d{3} |$)/)
  expect(result.text, shown).not.toContain('Something went wrong in the gateway')
}

function show(chunks: readonly Buffer[]): string {
  return JSON.stringify(Buffer.concat(chunks).toString('latin1').slice(0, 2_000))
}

test('nothing of it is left: no open request, no dead process, no complaint', async () => {
  const metrics = await until(async () => {
    const text = await (await fetch(`${gateway.url}/metrics`)).text()
    return text.includes('active_requests 0\n') && text.includes('active_streams 0\n') ? text : undefined
  })
  expect(metrics).toContain('ratchet_spool_dropped_records_total 0\n')
  expect(gateway.control.problems).toEqual([])
  expect(gateway.output()).not.toContain('"level":"error"')
  expect(gateway.exitCode()).toBeUndefined()
})
