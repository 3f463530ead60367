import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { isOwnerDead } from './spool-owner.ts'

const adoptedName = 'adopted'

type AdoptParts = {
  /** The folder that holds every process's spool folder. */
  readonly root: string
  /** Our own folder's name; folders of our kind start with `process-`. */
  readonly own: string
  readonly process: string
  readonly nowMs: number
}

/**
 * Moves the folders of dead processes of our kind into our own folder and returns the paths of all that we
 * have adopted. The move is one rename, so of several processes exactly one gets each folder; a folder keeps
 * its name, and with it the tokens of its shipments. What a dead process had adopted itself comes along.
 */
export function adoptFolders(parts: AdoptParts): string[] {
  const target = join(parts.root, parts.own, adoptedName)
  for (const name of readdirSync(parts.root)) {
    if (name === parts.own || !name.startsWith(`${parts.process}-`)) continue
    if (!isOwnerDead(join(parts.root, name), parts.nowMs)) continue
    mkdirSync(target, { recursive: true })
    moveFolder(join(parts.root, name), join(target, name))
  }
  if (!existsSync(target)) return []
  for (const name of readdirSync(target)) liftNested(join(target, name, adoptedName), target)
  return readdirSync(target).map((name) => join(target, name))
}

function liftNested(nested: string, target: string): void {
  if (!existsSync(nested)) return
  for (const name of readdirSync(nested)) {
    liftNested(join(nested, name, adoptedName), target)
    moveFolder(join(nested, name), join(target, name))
  }
}

function moveFolder(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    // Another process was first, which is as good.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
