import type { Snapshot } from '@ratchet/contract'
import type { Log } from '../log.ts'
import { compileSnapshot, type CompiledSnapshot } from './compile-snapshot.ts'
import { readSnapshotFile, writeSnapshotFile } from './snapshot-file.ts'

type KeeperParts = {
  readonly path: string
  readonly keyBase64: string | undefined
  readonly log: Log
}

/** Holds the snapshot in force and its encrypted copy on disk; tells listeners about each new one. */
export class SnapshotKeeper {
  readonly #parts: KeeperParts
  readonly #listeners: ((snapshot: CompiledSnapshot) => void)[] = []
  #current: CompiledSnapshot | undefined

  constructor(parts: KeeperParts) {
    this.#parts = parts
  }

  get current(): CompiledSnapshot | undefined {
    return this.#current
  }

  onChange(listener: (snapshot: CompiledSnapshot) => void): void {
    this.#listeners.push(listener)
  }

  /** Takes the copy of an earlier run into force, so that serving needs no control. */
  loadFromDisk(): void {
    const { path, keyBase64, log } = this.#parts
    if (keyBase64 === undefined) return
    try {
      const saved = readSnapshotFile(path, keyBase64)
      if (saved !== undefined && this.#current === undefined) this.#activate(saved)
    } catch (error) {
      log.warn({ error }, 'starting without the saved snapshot')
    }
  }

  /** Control is right, also when its version is older: it may have been restored from a backup. */
  accept(snapshot: Snapshot): void {
    this.#activate(snapshot)
    const { path, keyBase64, log } = this.#parts
    if (keyBase64 === undefined) return
    try {
      writeSnapshotFile(path, snapshot, keyBase64)
    } catch (error) {
      log.error(
        { error, path },
        'the snapshot could not be saved; a restart without control would serve an older one',
      )
    }
  }

  #activate(snapshot: Snapshot): void {
    const compiled = compileSnapshot(snapshot)
    this.#current = compiled
    for (const listener of this.#listeners) listener(compiled)
  }
}
