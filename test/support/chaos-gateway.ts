import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Snapshot } from '@ratchet/contract'
import { startFakeControl, type FakeControl } from '../../packages/gateway/src/testing/fake-control.ts'
import { waitFor } from './start-ratchet.ts'

const entry = new URL('../../packages/gateway/src/main.ts', import.meta.url).pathname

export type ChaosGateway = {
  readonly dataFolder: string
  readonly url: () => string
  readonly port: () => number
  readonly control: () => FakeControl
  readonly log: () => string
  /** Bytes of resident memory. */
  readonly memoryBytes: () => number
  readonly kill: () => Promise<void>
  /** Starts the gateway again on the same folder; resolves when it listens. */
  readonly start: (options?: StartOptions) => Promise<void>
  readonly stopControl: () => Promise<void>
  readonly startControl: (snapshot?: Snapshot) => Promise<void>
  readonly stop: () => Promise<void>
}

type StartOptions = {
  readonly env?: Readonly<Record<string, string>>
  /** No file of the process may grow over so many KiB: what a full disk is to it. */
  readonly fileLimitKib?: number
}

/** A gateway in a process of its own that can be killed and started again, and a control that can be taken away. */
export async function startChaosGateway(snapshot: Snapshot): Promise<ChaosGateway> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'ratchet-chaos-'))
  mkdirSync(join(dataFolder, 'run'))
  const socketPath = join(dataFolder, 'run/control.sock')
  const snapshotKey = randomBytes(32).toString('base64')
  let control = await startFakeControl(socketPath, snapshot)
  let child: ChildProcess | undefined
  let port = 0
  let log = ''

  const start = async ({ env = {}, fileLimitKib }: StartOptions = {}): Promise<void> => {
    const command =
      fileLimitKib === undefined
        ? [process.execPath, entry]
        : ['bash', '-c', `ulimit -f ${fileLimitKib}; exec "$0" "$1"`, process.execPath, entry]
    const [program = '', ...args] = command
    const started = spawn(program, args, {
      env: {
        ...process.env,
        RATCHET_DATA: dataFolder,
        RATCHET_GATEWAY_PORT: '0',
        RATCHET_CONTROL_SOCKET: socketPath,
        RATCHET_INTERNAL_TOKEN: 'internal-token',
        RATCHET_SNAPSHOT_KEY: snapshotKey,
        RATCHET_LOG: 'warn',
        // Shedding has its own tests; here a busy test machine would be taken for a busy gateway.
        RATCHET_SHED_DELAY_MS: '0',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (part: Buffer) => (log += part.toString()))
    child = started
    port = await waitFor('the gateway listens', async () => {
      if (started.exitCode !== null) throw new Error(`it ended with ${started.exitCode}: ${log}`)
      const record = JSON.parse(readFileSync(join(dataFolder, 'run/gateway.json'), 'utf8')) as {
        pid: number
        port: number
      }
      return record.pid === started.pid ? record.port : undefined
    })
  }
  const kill = async (): Promise<void> => {
    const running = child
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    const gone = new Promise((resolve) => running.once('exit', resolve))
    running.kill('SIGKILL')
    await gone
  }
  await start()
  const url = (): string => `http://127.0.0.1:${port}`
  await waitFor('the gateway is ready', async () => (await fetch(`${url()}/health/ready`)).ok || undefined)
  return {
    dataFolder,
    url,
    port: () => port,
    control: () => control,
    log: () => log,
    memoryBytes: () => Number(readFileSync(`/proc/${child?.pid}/statm`, 'utf8').split(' ')[1]) * 4096,
    kill,
    start,
    stopControl: () => control.stop(),
    startControl: async (changed = snapshot) => {
      rmSync(socketPath, { force: true })
      control = await startFakeControl(socketPath, changed)
    },
    stop: async () => {
      await kill()
      await control.stop().catch(() => undefined)
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}
