import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

const hasTaskset = spawnSync('taskset', ['--version']).status === 0

/** True when processes can be pinned to cores; without it the figures of one run still compare with each other. */
export const canPin = hasTaskset

export type PinnedProcess = {
  readonly pid: number
  /** Processor time used so far, in microseconds; undefined where the system does not tell. */
  readonly cpuUs: () => number | undefined
  /** Resident memory in bytes; undefined where the system does not tell. */
  readonly residentBytes: () => number | undefined
  readonly stop: () => Promise<void>
}

type Start = {
  /** Absent: the system chooses. */
  readonly core: number | undefined
  readonly args: readonly string[]
  readonly program?: string
  readonly env?: Readonly<Record<string, string>>
  readonly logFile: string
}

/** Starts a program on one core. */
export function startPinned({
  core,
  args,
  program = process.execPath,
  env = {},
  logFile,
}: Start): PinnedProcess {
  const [command, all] =
    hasTaskset && core !== undefined
      ? ['taskset', ['-c', String(core), program, ...args]]
      : [program, [...args]]
  const log = openSync(logFile, 'a')
  const child = spawn(command, all, { env: { ...process.env, ...env }, stdio: ['ignore', log, log] })
  const { pid = 0 } = child
  return {
    pid,
    cpuUs: () => readCpuUs(pid),
    residentBytes: () => readResidentBytes(pid),
    stop: () => stop(child),
  }
}

/** Runs a program on one core to its end and gives what it printed. */
export function runPinned(core: number, program: string, args: readonly string[]): Promise<string> {
  const [command, all] = hasTaskset
    ? ['taskset', ['-c', String(core), program, ...args]]
    : [program, [...args]]
  const child = spawn(command, all, { stdio: ['ignore', 'pipe', 'inherit'] })
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (part: Buffer) => (text += part.toString()))
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`${program} ended with ${code}: ${text}`)),
    )
  })
}

/** Reads a file as soon as it is there; fails after `timeoutMs`. */
export async function waitForFile(path: string, timeoutMs = 20_000): Promise<string> {
  const end = performance.now() + timeoutMs
  while (performance.now() < end) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
    if (text !== '') return text
    await pause(20)
  }
  throw new Error(`${path} was not written within ${timeoutMs} ms`)
}

const tickUs = 10_000

function readCpuUs(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * tickUs
  } catch {
    return undefined
  }
}

function readResidentBytes(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
  } catch {
    return undefined
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 3_000)
  await gone
  clearTimeout(timer)
}
