import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Snapshot } from '@ratchet/contract'
import { startFakeControl, type FakeControl } from './fake-control.ts'
import { until } from './start-test-gateway.ts'

export type GatewayProcess = {
  readonly port: number
  readonly url: string
  readonly control: FakeControl
  /** What it wrote, both streams: its log, and the stack of what killed it. */
  readonly output: () => string
  /** The code it ended with; undefined while it runs. */
  readonly exitCode: () => number | null | undefined
  /** It stands still, as on a machine that is moved, while `meanwhile` runs. */
  readonly stopWhile: (meanwhile: () => Promise<void>) => Promise<void>
  readonly stop: () => Promise<void>
}

/** The gateway as a process of its own, so that a test sees what would kill it; control stays here. */
export async function startGatewayProcess(
  snapshot: Snapshot,
  changes: NodeJS.ProcessEnv = {},
): Promise<GatewayProcess> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'ratchet-gateway-process-'))
  const runFolder = join(dataFolder, 'run')
  mkdirSync(runFolder)
  const control = await startFakeControl(join(runFolder, 'control.sock'), snapshot)
  const child = spawn(process.execPath, [new URL('../main.ts', import.meta.url).pathname], {
    env: {
      ...process.env,
      RATCHET_DATA: dataFolder,
      RATCHET_GATEWAY_PORT: '0',
      RATCHET_CONTROL_SOCKET: control.socketPath,
      RATCHET_INTERNAL_TOKEN: 'internal-token',
      RATCHET_SNAPSHOT_KEY: randomBytes(32).toString('base64'),
      RATCHET_LOG: 'warn',
      // A busy test machine would be taken for a busy gateway.
      RATCHET_SHED_DELAY_MS: '0',
      ...changes,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => (output += part.toString()))
  let exitCode: number | null | undefined
  const exited = new Promise<void>((resolve) =>
    child.once('exit', (code) => {
      exitCode = code
      resolve()
    }),
  )
  const { port } = await until(async () => readRecord(join(runFolder, 'gateway.json')), 40_000)
  const url = `http://127.0.0.1:${port}`
  await until(() => fetch(`${url}/health/ready`).then((response) => response.ok || undefined), 40_000)
  return {
    port,
    url,
    control,
    output: () => output,
    exitCode: () => exitCode,
    stopWhile: async (meanwhile) => {
      child.kill('SIGSTOP')
      try {
        await meanwhile()
      } finally {
        child.kill('SIGCONT')
      }
    },
    stop: async () => {
      child.kill('SIGKILL')
      await exited
      await control.stop()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}

function readRecord(path: string): { port: number } {
  return JSON.parse(readFileSync(path, 'utf8')) as { port: number }
}
