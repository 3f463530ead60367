import { mkdirSync, realpathSync } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { internalPaths, releaseBundle } from '@ratchet/contract'
import type { ControlClient } from '../runner/control-client.ts'
import type { CachedRelease } from './cached-release.ts'
import {
  describeRelease,
  readRelease,
  removeRelease,
  touchRelease,
  unpackBundle,
  writeRelease,
} from './release-folder.ts'

export type ReleaseCacheParts = {
  /** `<data>/cache/releases`. */
  readonly folder: string
  readonly control: ControlClient
  readonly maxReleases: number
  readonly limitBytes: number
  readonly now: () => number
  /** Told about releases that could not be removed; the cache goes on. */
  readonly onProblem: (error: unknown) => void
}

/** Which release, and the invocation token that lets us read it. */
export type ReleaseCall = {
  readonly project: string
  readonly digest: string
  readonly token: string
  readonly signal: AbortSignal
}

const unfinishedMs = 60 * 60 * 1000

/**
 * Releases on disk, by project and digest: what control confirmed for one project is never used for another, because
 * only control can check tokens. Old ones go when there are too many. Serves what it has while control is away.
 */
export class ReleaseCache {
  readonly #parts: ReleaseCacheParts
  readonly #folder: string
  readonly #coming = new Map<string, Promise<CachedRelease>>()

  constructor(parts: ReleaseCacheParts) {
    this.#parts = parts
    mkdirSync(parts.folder, { recursive: true, mode: 0o700 })
    // The permissions of tool workers name real paths.
    this.#folder = realpathSync(parts.folder)
  }

  get folder(): string {
    return this.#folder
  }

  /** The release, from disk or from control; calls at the same time share one fetch. */
  async get(call: ReleaseCall): Promise<CachedRelease> {
    call.signal.throwIfAborted()
    const key = `${call.project}/${call.digest}`
    const known = this.#coming.get(key)
    const coming = known ?? this.#load(call).finally(() => this.#coming.delete(key))
    if (known === undefined) {
      this.#coming.set(key, coming)
      // Each caller sees the failure through its own race.
      coming.catch(() => undefined)
    }
    return raceSignal(coming, call.signal)
  }

  /** Marks a release as used, so that it stays; false when it is no longer on disk. */
  async touch(release: Pick<CachedRelease, 'folder'>): Promise<boolean> {
    return touchRelease(join(release.folder, '..'), new Date(this.#parts.now())).then(
      () => true,
      () => false,
    )
  }

  async #load({ project, digest, token }: ReleaseCall): Promise<CachedRelease> {
    const folder = join(this.#folder, project, digest)
    const place = { project, digest, folder: join(folder, 'files') }
    const found = await readRelease(folder, digest)
    if (found !== undefined) {
      await touchRelease(folder, new Date(this.#parts.now()))
      return { ...place, ...found }
    }
    const bundle = await this.#parts.control.call({
      path: `${internalPaths.releaseBundle}?digest=${digest}`,
      token,
      // The fetch is shared, so one caller's leaving must not end it; the client has its own deadline.
      signal: new AbortController().signal,
      purpose: `Release ${digest.slice(0, 12)} cannot be fetched`,
      output: releaseBundle,
    })
    const files = unpackBundle(bundle, digest)
    await mkdir(join(this.#folder, project), { recursive: true, mode: 0o700 })
    await writeRelease(folder, bundle, files)
    await touchRelease(folder, new Date(this.#parts.now()))
    await this.trim(folder).catch(this.#parts.onProblem)
    return { ...place, files, indexes: bundle.indexes }
  }

  /** Removes what was used longest ago until the rest is within bounds; `kept` stays in any case. */
  async trim(kept?: string): Promise<void> {
    const all = await this.#list()
    const newestFirst = all.toSorted((a, b) => b.usedAtMs - a.usedAtMs)
    let count = 0
    let bytes = 0
    for (const { folder, sizeBytes } of newestFirst) {
      count += 1
      bytes += sizeBytes
      const fits = count <= this.#parts.maxReleases && bytes <= this.#parts.limitBytes
      if (!fits && folder !== kept) await removeRelease(folder)
    }
  }

  async #list(): Promise<{ folder: string; sizeBytes: number; usedAtMs: number }[]> {
    const found: { folder: string; sizeBytes: number; usedAtMs: number }[] = []
    for (const project of await readdir(this.#folder)) {
      for (const name of await readdir(join(this.#folder, project))) {
        const folder = join(this.#folder, project, name)
        if (name.startsWith('.coming-')) await this.#removeUnfinished(folder)
        else {
          const description = await describeRelease(folder)
          if (description === undefined) await removeRelease(folder)
          else found.push({ folder, ...description })
        }
      }
    }
    return found
  }

  /** Left by a killed process; a younger one may be on its way. */
  async #removeUnfinished(folder: string): Promise<void> {
    const at = await stat(folder).then(
      (found) => found.mtimeMs,
      () => undefined,
    )
    if (at !== undefined && this.#parts.now() - at > unfinishedMs)
      await rm(folder, { recursive: true, force: true })
  }
}

async function raceSignal<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
