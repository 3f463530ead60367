import { request } from 'node:http'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { getGatewayConfig, getStatus, putGatewayConfig } from '@ratchet/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bootstrapKey, pause, startRatchet, waitFor, type RunningRatchet } from './support/start-ratchet.ts'

let ratchet: RunningRatchet

beforeAll(async () => {
  ratchet = await startRatchet({ args: ['--gateways', '2'] })
})
afterAll(() => ratchet.stop())

/** One call over a connection of its own, so that the system chooses the process anew; 0 when there was no answer. */
function ask(): Promise<number> {
  const body = JSON.stringify({
    model: 'offline/extractive',
    messages: [{ role: 'user', content: 'Which port does the gateway use?' }],
  })
  return new Promise((resolve) => {
    const call = request(
      `${ratchet.gatewayUrl}/v1/chat/completions`,
      {
        method: 'POST',
        agent: false,
        headers: { authorization: `Bearer ${bootstrapKey}`, 'content-type': 'application/json' },
      },
      (response) => {
        response.resume()
        response.on('end', () => resolve(response.statusCode ?? 0))
        response.on('error', () => resolve(0))
      },
    )
    call.on('error', () => resolve(0))
    call.end(body)
  })
}

/** Calls of `workers` clients until stopped. */
function startLoad(workers: number) {
  const seen = { ok: 0, failed: [] as number[] }
  let isRunning = true
  const work = async (): Promise<void> => {
    while (isRunning) {
      const status = await ask()
      if (status === 200) seen.ok += 1
      else seen.failed.push(status)
    }
  }
  const all = Promise.all(Array.from({ length: workers }, work))
  const stop = async (): Promise<void> => {
    isRunning = false
    await all
  }
  return { seen, stop }
}

const metrics = async (): Promise<string> => (await fetch(`${ratchet.url}/metrics`)).text()

/** Calls of one gateway, as control's metrics tell them. */
function callsOf(text: string, gateway: string): number {
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith(`ratchet_gateway_requests_total{gateway="${gateway}"`))
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}

/** By which snapshot each gateway goes, as control's metrics tell it. */
async function snapshotVersions(): Promise<number[]> {
  const lines = (await metrics()).matchAll(/^ratchet_gateway_snapshot_version\{gateway="[^"]+"\} (\d+)$/gm)
  return [...lines].map(([, version]) => Number(version))
}

test('status, metrics and health show each gateway, and both take calls', async () => {
  await Promise.all(Array.from({ length: 60 }, ask))
  const states = async (): Promise<string[]> =>
    (await ratchet.client.call(getStatus)).processes.map(({ name, state }) => `${name} ${state}`)
  await expect.poll(states).toEqual(['control ready', 'gateway ready', 'gateway-2 ready', 'runner ready'])
  // A gateway that is slow to answer is left out of the figures, and one counts a call when its answer has gone out.
  const text = await waitFor('the figures of all calls', async () => {
    const shown = await metrics()
    return callsOf(shown, 'gateway') + callsOf(shown, 'gateway-2') >= 60 ? shown : undefined
  })
  expect(callsOf(text, 'gateway')).toBeGreaterThan(0)
  expect(callsOf(text, 'gateway-2')).toBeGreaterThan(0)
  expect(callsOf(text, 'gateway') + callsOf(text, 'gateway-2')).toBe(60)
  expect(text).toContain('ratchet_process_up{process="gateway-2"} 1')
})

test('a limit holds over both gateways together', async () => {
  const { version } = await ratchet.client.call(getGatewayConfig)
  const rule = {
    name: 'hourly',
    scope: 'project',
    measure: 'requests',
    limit: 300,
    windowSeconds: 3_600,
  } as const
  const put = (baseVersion: number, limits: object[]) =>
    ratchet.client.call(putGatewayConfig, { body: { baseVersion, config: { limits } as never } })
  const before = Math.max(...(await snapshotVersions()))
  const { version: limited } = await put(version, [rule])
  await waitFor('both gateways have the limit', async () => {
    const versions = await snapshotVersions()
    return (versions.length === 2 && versions.every((each) => each > before)) || undefined
  })
  let taken = 0
  const end = Date.now() + 30_000
  const work = async (): Promise<void> => {
    // What the one holds and does not need reaches the other in time: until then a refusal does not say that all is used.
    for (let refused = 0; refused < 5 || (taken < 297 && Date.now() < end);) {
      const status = await ask()
      if (status === 200) taken += 1
      else {
        refused += 1
        await pause(20)
      }
    }
  }
  await Promise.all(Array.from({ length: 16 }, work))
  await put(limited, [])
  expect(taken).toBeGreaterThanOrEqual(297)
  expect(taken).toBeLessThanOrEqual(303)
  await waitFor('calls pass again', async () => ((await ask()) === 200 ? true : undefined))
})

test('kill -9 of one gateway under load fails no call but those that it had in hand', async () => {
  const load = startLoad(16)
  await pause(1_000)
  const killed = ratchet.pidOf('gateway-2')
  process.kill(killed, 'SIGKILL')
  await waitFor('it is started again', async () => {
    const { processes } = await ratchet.client.call(getStatus)
    const again = processes.find(({ name }) => name === 'gateway-2')
    return again?.state === 'ready' && again.pid !== killed ? true : undefined
  })
  await pause(500)
  await waitFor('hundreds of calls', async () => (load.seen.ok > 200 ? true : undefined))
  await load.stop()
  // Status 0: it was in hand.
  expect(load.seen.failed.filter((status) => status !== 0)).toEqual([])
  expect(load.seen.failed.length).toBeLessThanOrEqual(16)
})

test('a start with fewer gateways lets the others finish and go', async () => {
  await ratchet.killControl()
  const second = ratchet.pidOf('gateway-2')
  await ratchet.startAgain({ args: ['--gateways', '1'] })
  await waitFor('the second gateway is gone', async () => {
    try {
      process.kill(second, 0)
      return undefined
    } catch {
      return true
    }
  })
  await expect.poll(() => existsSync(join(ratchet.dataFolder, 'run/gateway-2.json'))).toBe(false)
  expect(await ask()).toBe(200)
})
