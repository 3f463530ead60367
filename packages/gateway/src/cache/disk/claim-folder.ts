import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject, parseJsonOr } from '../../formats/parse-json.ts'

/** A folder that belongs to this process until it lets go. */
export type ClaimedFolder = { readonly path: string; readonly release: () => void }

const ownerFile = 'owner.json'
const mostGateways = 64

/**
 * The first folder `<root>/<number>` that no living process owns, so that a gateway that starts again finds what it left,
 * and several on one machine do not meet. Throws what the disk says, or when all are owned.
 */
export function claimFolder(root: string, instance: string): ClaimedFolder {
  const mine = ownerText(instance)
  for (let number = 1; number <= mostGateways; number++) {
    const path = join(root, String(number))
    mkdirSync(path, { recursive: true, mode: 0o700 })
    const owner = join(path, ownerFile)
    if (take(owner, mine) || (dropDead(owner, instance) && take(owner, mine)))
      return { path, release: () => release(owner, mine) }
  }
  throw new Error(`all ${mostGateways} folders in ${root} are in use`)
}

/** Folders with something in them whose owners are gone; they are owned by this process now. */
export function claimLeft(root: string, instance: string): ClaimedFolder[] {
  const mine = ownerText(instance)
  return readdirSync(root).flatMap((name) => {
    const path = join(root, name)
    if (leftIn(path).length === 0) return []
    const owner = join(path, ownerFile)
    const isFree = take(owner, mine) || (dropDead(owner, instance) && take(owner, mine))
    return isFree ? [{ path, release: () => release(owner, mine) }] : []
  })
}

/** Names of what is in a folder besides its owner's. */
export function leftIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith(ownerFile))
  } catch {
    // Not a folder, or gone.
    return []
  }
}

function ownerText(instance: string): string {
  return JSON.stringify({ pid: process.pid, processStart: processStartOf(process.pid), instance })
}

function take(owner: string, mine: string): boolean {
  try {
    writeFileSync(owner, mine, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Takes a dead owner's name away. Of two who see the same dead owner, the later one may hold a living name: it goes back. */
function dropDead(owner: string, instance: string): boolean {
  const seen = readOwner(owner)
  if (seen === undefined || isAlive(seen)) return false
  const aside = `${owner}.${instance}`
  try {
    renameSync(owner, aside)
    const isSame = readOwner(aside) === seen
    if (!isSame) linkSync(aside, owner)
    return isSame
  } catch {
    // Somebody else was faster.
    return false
  } finally {
    rmSync(aside, { force: true })
  }
}

function release(owner: string, mine: string): void {
  if (readOwner(owner) === mine) rmSync(owner, { force: true })
}

function readOwner(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Gone meanwhile.
    return undefined
  }
}

/** A pid alone may belong to another process by now, above all in a container. */
function isAlive(owner: string): boolean {
  const json = parseJsonOr(owner)
  const { pid, processStart } = isJsonObject(json) ? json : {}
  if (typeof pid !== 'number' || typeof processStart !== 'string') return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
  const start = processStartOf(pid)
  return start === '' || processStart === '' || start === processStart
}

/** In clock ticks since boot; empty where the system does not tell. */
function processStartOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Field 22; the name in field 2 may hold spaces and brackets.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    // Not Linux.
    return ''
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
