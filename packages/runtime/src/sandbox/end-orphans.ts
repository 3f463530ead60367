import { readFileSync, readdirSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

/**
 * Ends tool workers of releases under `folder` whose runner is dead: a killed runner cannot stop a tool that
 * never yields. Looks through /proc, so it does nothing on systems without. Returns how many it ended.
 */
export function endOrphans(folder: string): number {
  let ended = 0
  const below = `${pathToFileURL(folder).href}/`
  for (const pid of listPids()) {
    const words = commandOf(pid)
    const [bootstrap, toolUrl, , owner] = words.slice(-4)
    if (!bootstrap?.endsWith('/sandbox-main.ts') || !toolUrl?.startsWith(below)) continue
    if (!/^\d+$/.test(owner ?? '') || isAlive(Number(owner))) continue
    try {
      process.kill(pid, 'SIGKILL')
      ended += 1
    } catch {
      // It ended by itself in between.
    }
  }
  return ended
}

function listPids(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch {
    return [] // No /proc here.
  }
}

function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0$/, '').split('\0')
  } catch {
    return [] // The process has ended, or belongs to another user.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
