import { spawn, type ChildProcess } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeClient, type Client } from '@ratchet/sdk'

const cliMain = new URL('../../packages/cli/src/main.ts', import.meta.url).pathname

export const bootstrapKey = 'rk_admintest_0123456789abcdef0123456789abcdef'

/** A real `ratchet up` in its own processes and data folder, as a user runs it. */
export type RunningRatchet = {
  readonly dataFolder: string
  readonly url: string
  readonly gatewayUrl: string
  readonly client: Client
  readonly output: () => string
  /** Pid of one of the processes, as the program itself recorded it; `gateway-2` is the second gateway. */
  readonly pidOf: (name: 'control' | 'gateway' | `gateway-${number}` | 'runner') => number
  /** `kill -9` of control alone, then resolves when it is gone. */
  readonly killControl: () => Promise<void>
  /** Starts control again on the same folder and ports. */
  readonly startAgain: (changes?: { args?: readonly string[] }) => Promise<void>
  /** A clean stop that leaves the data folder for {@link startAgain}. */
  readonly stopKeepingData: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Starts Ratchet on free ports and resolves when gateway and control are ready. */
export async function startRatchet(
  options: { args?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Promise<RunningRatchet> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'ratchet-e2e-'))
  const [port, gatewayPort] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${port}`
  const gatewayUrl = `http://127.0.0.1:${gatewayPort}`
  let output = ''
  let child: ChildProcess | undefined
  let isStopped = false

  const start = async (changes: { args?: readonly string[] } = {}): Promise<void> => {
    isStopped = false
    child = spawn(process.execPath, [cliMain, 'up', ...(changes.args ?? options.args ?? [])], {
      env: {
        ...process.env,
        NODE_ENV: 'test',
        RATCHET_DATA: dataFolder,
        RATCHET_PORT: String(port),
        RATCHET_GATEWAY_PORT: String(gatewayPort),
        RATCHET_BOOTSTRAP_KEY: bootstrapKey,
        RATCHET_DISCOVER: 'off',
        // Shedding has its own tests; here a busy test machine would be taken for a busy gateway.
        RATCHET_SHED_DELAY_MS: '0',
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout?.on('data', (data: Buffer) => (output += data.toString()))
    child.stderr?.on('data', (data: Buffer) => (output += data.toString()))
    await waitUntilReady({ output: () => output, child, dataFolder })
  }
  const stopCleanly = async (): Promise<void> => {
    if (!child || isStopped) return
    isStopped = true
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`control ended by itself (${child.signalCode ?? child.exitCode}):\n${output}`)
    const gone = exitOf(child)
    child.kill('SIGTERM')
    await Promise.race([gone, pause(60_000)])
  }
  await start()

  const pidOf = (name: string): number => {
    const pid = recordedPid(dataFolder, name)
    if (pid === undefined) throw new Error(`no record of ${name} in ${dataFolder}`)
    return pid
  }
  return {
    dataFolder,
    url,
    gatewayUrl,
    client: makeClient({ baseUrl: url, key: bootstrapKey }),
    output: () => output,
    pidOf,
    killControl: async () => {
      const running = child
      if (!running) return
      isStopped = true
      const gone = exitOf(running)
      running.kill('SIGKILL')
      await gone
    },
    startAgain: start,
    stopKeepingData: stopCleanly,
    stop: async () => {
      const failure: unknown = await stopCleanly().catch((error: unknown) => error)
      // Children outlive a killed control by design; a test must not leave them behind.
      for (const file of readdirSync(join(dataFolder, 'run')))
        if (/^(?:gateway(?:-\d+)?|runner|control)\.json$/.test(file))
          killRecorded(dataFolder, file.slice(0, -5))
      rmSync(dataFolder, { recursive: true, force: true })
      if (failure !== undefined) throw failure
    },
  }
}

/** Control writes its record when everything serves, also the last of several gateways. */
async function waitUntilReady(parts: {
  output: () => string
  child: ChildProcess
  dataFolder: string
}): Promise<void> {
  const { output, child, dataFolder } = parts
  const end = Date.now() + 100_000
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`ratchet up ended with ${child.exitCode}:\n${output()}`)
    if (recordedPid(dataFolder, 'control') === child.pid) return
    await pause(25)
  }
  throw new Error(`ratchet up was not ready in 100 s:\n${output()}`)
}

/** Undefined while there is no record, or half of one. */
function recordedPid(dataFolder: string, name: string): number | undefined {
  const file = join(dataFolder, 'run', `${name}.json`)
  if (!existsSync(file)) return undefined
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid
  } catch {
    return undefined
  }
}

function killRecorded(dataFolder: string, name: string): void {
  const pid = recordedPid(dataFolder, name)
  if (pid === undefined) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Already gone: what we want.
  }
}

function exitOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('exit', () => resolve()))
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Below the ports that Linux gives to whoever asks for any: between a stop and a start nobody else is given ours. */
const firstPort = 10_000
const lastPort = 32_000

/** A TCP port of loopback on which nobody listens. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(firstPort, lastPort)
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** Asks again until `check` gives a value; an error counts as "not yet" and is the cause when time is up. */
export async function waitFor<T>(
  what: string,
  check: () => Promise<T | undefined>,
  timeoutMs = 60_000,
): Promise<T> {
  const end = Date.now() + timeoutMs
  let cause: unknown
  for (;;) {
    try {
      const value = await check()
      if (value !== undefined) return value
    } catch (error) {
      cause = error
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`, { cause })
    await pause(100)
  }
}
