import { readFileSync, statSync, utimesSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** Who writes a spool folder; in its file `owner.json`. */
export type SpoolOwner = {
  readonly process: string
  readonly pid: number
  /** Start time of the process as the kernel counts it, because pids are reused; absent where it is not told. */
  readonly startTicks?: string
  readonly host: string
}

const fileName = 'owner.json'
/** An owner on another machine or container is dead when it has not touched its file for this long. */
const silentMs = 60_000

export function ownerPath(folder: string): string {
  return join(folder, fileName)
}

/** This process as an owner. */
export function describeOwner(process: string, pid: number): SpoolOwner {
  const startTicks = readStartTicks(pid)
  return { process, pid, host: hostname(), ...(startTicks === undefined ? {} : { startTicks }) }
}

/** Tells other machines that the owner lives. */
export function touchOwner(folder: string, nowMs: number): void {
  utimesSync(ownerPath(folder), nowMs / 1000, nowMs / 1000)
}

/** True when nobody writes or ships this folder any more. A folder without a readable owner belongs to nobody. */
export function isOwnerDead(folder: string, nowMs: number): boolean {
  const owner = readOwner(folder)
  if (owner === undefined) return true
  if (owner.host !== hostname()) return nowMs - statSync(ownerPath(folder)).mtimeMs > silentMs
  if (!isRunning(owner.pid)) return true
  return owner.startTicks !== undefined && readStartTicks(owner.pid) !== owner.startTicks
}

function readOwner(folder: string): SpoolOwner | undefined {
  try {
    return JSON.parse(readFileSync(ownerPath(folder), 'utf8')) as SpoolOwner
  } catch {
    // The file is written before the folder gets its name, so a missing one was destroyed from outside.
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function readStartTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may itself hold spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
