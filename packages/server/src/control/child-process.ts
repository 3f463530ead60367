import { spawn, type ChildProcess } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'

const logLimitBytes = 10 * 1024 * 1024

export type ChildSpec = {
  /** `runner`, `gateway`, `gateway-2` and so on: names its record and its log. */
  readonly name: string
  /** The program to run, a `.ts` file that Node 26 runs as it is. */
  readonly entry: string
  readonly args?: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Resolves once the process with this pid serves; rejects or returns false while it does not. */
  readonly isReady: (pid: number, signal: AbortSignal) => Promise<boolean>
}

/**
 * Starts a child that outlives us: its own session (Ctrl-C reaches only control, which drains it),
 * and output into a file, because a pipe to a killed control would break its writes.
 */
export function startChild(spec: ChildSpec, dataFolder: string): ChildProcess {
  const logFile = openLog(dataFolder, spec.name)
  try {
    return spawn(process.execPath, [...(spec.args ?? []), spec.entry], {
      env: spec.env,
      detached: true,
      stdio: ['ignore', logFile, logFile],
    })
  } finally {
    closeSync(logFile)
  }
}

function openLog(dataFolder: string, name: string): number {
  const folder = join(dataFolder, 'logs')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${name}.log`)
  if (existsSync(path) && statSync(path).size > logLimitBytes) renameSync(path, `${path}.1`)
  return openSync(path, 'a', 0o600)
}

/** The last lines a child wrote, for the message that explains why it died. */
export function readLogTail(dataFolder: string, name: string, lines = 5): string {
  const path = join(dataFolder, 'logs', `${name}.log`)
  if (!existsSync(path)) return ''
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
}

/** Names of the gateways that have a record here, ours or left by an earlier control. */
export function recordedGateways(dataFolder: string): string[] {
  const folder = join(dataFolder, 'run')
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap((file) => /^(gateway(?:-\d+)?)\.json$/.exec(file)?.[1] ?? [])
}

/** Gateways that an earlier start with more of them left behind finish their calls and go. */
export function drainSurplusGateways(dataFolder: string, ours: ReadonlySet<string>): void {
  for (const name of recordedGateways(dataFolder)) {
    if (ours.has(name)) continue
    const pid = findOrphan(dataFolder, name)
    if (pid !== undefined) process.kill(pid, 'SIGTERM')
  }
}

/** The pid that an earlier control left running, if it still runs. */
export function findOrphan(dataFolder: string, name: string): number | undefined {
  const path = join(dataFolder, 'run', `${name}.json`)
  if (!existsSync(path)) return undefined
  try {
    const { pid } = JSON.parse(readFileSync(path, 'utf8')) as { pid?: unknown }
    return typeof pid === 'number' && isAlive(pid) && runsProgram(pid, name) ? pid : undefined
  } catch {
    // A torn file from a killed process names nobody.
    return undefined
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Pids are reused; never signal a process that is not our program. */
function runsProgram(pid: number, name: string): boolean {
  const path = `/proc/${pid}/cmdline`
  if (!existsSync(path)) return true
  return readFileSync(path, 'utf8').includes(name === 'runner' ? 'runtime' : 'gateway')
}

/** Resident memory of a process in bytes, where the system tells (Linux). */
export function residentBytes(pid: number): number | undefined {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1])
    return Number.isFinite(pages) ? pages * 4096 : undefined
  } catch {
    return undefined
  }
}
