import { readFileSync, readlinkSync } from 'node:fs'
import { link, readFile, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@ratchet/contract'
import { z } from 'zod'

const holderFile = z.object({
  pid: z.number().int().positive(),
  /** Start of the process in clock ticks since boot; empty where the system does not tell. */
  processStart: z.string(),
  /** Machine, boot and process namespace: pids can be compared only within one. */
  where: z.string(),
  lockedAt: z.string(),
})
type Holder = z.output<typeof holderFile>

const beatMs = 5_000
/** A holder that we cannot look at (another machine or container) counts as dead after this silence. */
const silentMs = 30_000
const abandonedMs = 5_000

/**
 * Takes the folder for this process; the returned function gives it back.
 * A lock whose process is dead, or whose pid now belongs to another process, is taken over.
 * The lock is a file whose time is refreshed while it is held, so it also works between containers.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = join(folder, 'lock.json')
  const mine = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`
  await writeFile(mine, JSON.stringify(describeSelf()), { mode: 0o600 })
  try {
    for (let attempt = 0; !(await tryLink(mine, file)); attempt++) {
      if (attempt >= 400) throw await refusal(folder, file)
      await removeIfStale(folder, file, mine)
    }
  } finally {
    await unlink(mine)
  }
  return keepAlive(file)
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/**
 * Removes a dead holder's lock. Only one starter at a time may judge and remove: between the look and the removal
 * another one could else have removed the dead lock and taken its place.
 */
async function removeIfStale(folder: string, file: string, mine: string): Promise<void> {
  const turn = `${file}.takeover`
  if (!(await tryLink(mine, turn))) {
    await dropAbandoned(turn)
    await sleep(20)
    return
  }
  try {
    const holder = await readHolder(file)
    if (holder === 'gone') return
    if (holder !== 'damaged' && (await isAlive(holder, file))) throw await refusal(folder, file)
    await unlink(file)
  } finally {
    await unlink(turn)
  }
}

/** A starter killed in the middle of its turn leaves the turn behind; turns last milliseconds. */
async function dropAbandoned(turn: string): Promise<void> {
  const takenAt = await stat(turn).then(
    (info) => info.ctimeMs,
    () => Date.now(),
  )
  if (Date.now() - takenAt > abandonedMs) await unlink(turn).catch(() => undefined)
}

async function readHolder(file: string): Promise<Holder | 'gone' | 'damaged'> {
  try {
    return holderFile.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'gone' : 'damaged'
  }
}

async function isAlive(holder: Holder, file: string): Promise<boolean> {
  if (holder.where !== whereAmI()) {
    const beatAt = await stat(file).then(
      (info) => info.mtimeMs,
      () => 0,
    )
    return Date.now() - beatAt < silentMs
  }
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
  const start = processStartOf(holder.pid)
  return holder.processStart === '' || start === '' || start === holder.processStart
}

async function refusal(folder: string, file: string): Promise<AppError> {
  const holder = await readHolder(file)
  const pid = holder === 'gone' || holder === 'damaged' ? undefined : holder.pid
  const elsewhere = typeof holder === 'object' && holder.where !== whereAmI() ? ' on another machine' : ''
  return new AppError('folder_locked', {
    message: `The data folder "${folder}" is in use by process ${pid ?? 'unknown'}${elsewhere}. Stop that process first (kill ${pid ?? '<pid>'}), or start this one with another folder: --data <folder>.`,
    details: { dataFolder: folder, pid },
  })
}

function keepAlive(file: string): () => Promise<void> {
  const timer = setInterval(() => {
    const now = new Date()
    // A missing file means that somebody deleted the folder: nothing to refresh, and nothing to guard.
    utimes(file, now, now).catch(() => undefined)
  }, beatMs)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await unlink(file).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error
    })
  }
}

function describeSelf(): Holder {
  return {
    pid: process.pid,
    processStart: processStartOf(process.pid),
    where: whereAmI(),
    lockedAt: new Date().toISOString(),
  }
}

function whereAmI(): string {
  return [
    hostname(),
    readOr(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    readOr(() => readlinkSync('/proc/self/ns/pid')),
  ].join(' ')
}

function processStartOf(pid: number): string {
  return readOr(() => {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Field 22; the name in field 2 may contain spaces and brackets, so count after its last bracket.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  })
}

function readOr(read: () => string): string {
  try {
    return read()
  } catch {
    // Not Linux, or hidden: the pid alone decides.
    return ''
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
