import type { LoadedApp } from '../apps/loaded-app.ts'
import { loadApp } from '../apps/load-app.ts'
import type { ReleaseCache, ReleaseCall } from './release-cache.ts'

/** A release ready to run: parsed, with the place of its files. Holds no file contents. */
export type LoadedRelease = {
  readonly app: LoadedApp
  readonly folder: string
  readonly paths: ReadonlySet<string>
  readonly indexes: Readonly<Record<string, string>>
}

type Entry = { readonly release: LoadedRelease; touchedAtMs: number }

const touchEveryMs = 60_000

/** Parsed releases in memory, by project and digest; the least recently used go first. */
export class LoadedReleases {
  readonly #cache: ReleaseCache
  readonly #max: number
  readonly #now: () => number
  readonly #loaded = new Map<string, Entry>()

  constructor(cache: ReleaseCache, options: { max: number; now: () => number }) {
    this.#cache = cache
    this.#max = options.max
    this.#now = options.now
  }

  /** Throws what {@link ReleaseCache.get} throws, and `app_invalid` for a release that this version cannot run. */
  async get(call: ReleaseCall): Promise<LoadedRelease> {
    const key = `${call.project}/${call.digest}`
    const known = this.#loaded.get(key)
    if (known !== undefined && (await this.#isOnDisk(known))) {
      this.#loaded.delete(key)
      this.#loaded.set(key, known)
      return known.release
    }
    const cached = await this.#cache.get(call)
    const release = {
      app: loadApp([...cached.files]),
      folder: cached.folder,
      paths: new Set(cached.files.map((file) => file.path)),
      indexes: cached.indexes,
    }
    this.#loaded.set(key, { release, touchedAtMs: this.#now() })
    for (const oldest of this.#loaded.keys()) {
      if (this.#loaded.size <= this.#max) break
      this.#loaded.delete(oldest)
    }
    return release
  }

  /** Another runner on the same folder may have removed it to make room. */
  async #isOnDisk(entry: Entry): Promise<boolean> {
    if (this.#now() - entry.touchedAtMs <= touchEveryMs) return true
    entry.touchedAtMs = this.#now()
    return this.#cache.touch(entry.release)
  }
}
