import { readFileSync } from 'node:fs'

/** Resident memory of a process where the system tells it (Linux); undefined elsewhere and for a dead process. */
export function residentBytes(pid: number): number | undefined {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1])
    return Number.isFinite(pages) ? pages * 4096 : undefined
  } catch {
    // No /proc on this system, or the process has just ended; its exit is reported elsewhere.
    return undefined
  }
}
