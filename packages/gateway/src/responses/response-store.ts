import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../log.ts'
import { readSealKey, seal, unseal } from './sealed-file.ts'
import { readStoredResponse, type StoredResponse } from './stored-response.ts'

export type ResponseStoreParts = {
  readonly folder: string
  /** Base64 of 32 bytes; absent: files are readable by their owner only, and not encrypted. */
  readonly keyBase64: string | undefined
  readonly log: Log
  readonly nowMs: () => number
  /** Default 1 GiB: beyond it the oldest are forgotten. */
  readonly maxBytes?: number
}

export const keepMs = 30 * 86_400_000
const sweepMs = 3_600_000
const maxWaitingBytes = 64 * 1024 * 1024

/**
 * Responses that later requests continue, one file each in a folder for each project: gateways on one machine share
 * them. Forgotten after 30 days, on request, or when there is no room. A disk that fails costs the memory of a
 * response, never the call.
 */
export class ResponseStore {
  readonly #parts: ResponseStoreParts
  readonly #key: Buffer | undefined
  readonly #waiting = new Map<string, StoredResponse>()
  /** Known to be deleted, and still on disk for a moment. */
  readonly #forgotten = new Set<string>()
  #waitingBytes = 0
  #writes: Promise<void> = Promise.resolve()
  #bytesSinceSweep = 0
  #timer: NodeJS.Timeout | undefined

  constructor(parts: ResponseStoreParts) {
    this.#parts = parts
    this.#key = readSealKey(parts.keyBase64)
  }

  start(): this {
    this.#timer = setInterval(() => this.#later(() => this.sweep()), sweepMs)
    this.#timer.unref()
    this.#later(() => this.sweep())
    return this
  }

  /** Waits for what is being written. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#writes
  }

  /** Found from here on; written behind the call. */
  put(project: string, stored: StoredResponse): void {
    const text = JSON.stringify(stored)
    const path = this.#pathOf(project, stored.id)
    if (this.#waitingBytes + text.length > maxWaitingBytes) {
      this.#parts.log.warn({ id: stored.id }, 'a response was not kept: too many wait to be written')
      return
    }
    this.#waiting.set(path, stored)
    this.#waitingBytes += text.length
    this.#later(async () => {
      try {
        if (this.#waiting.get(path) === stored) await this.#write(project, path, text)
      } finally {
        this.#waitingBytes -= text.length
        if (this.#waiting.get(path) === stored) this.#waiting.delete(path)
      }
    })
  }

  async get(project: string, id: string): Promise<StoredResponse | undefined> {
    const path = this.#pathOf(project, id)
    const waiting = this.#waiting.get(path)
    if (waiting !== undefined) return waiting
    if (this.#forgotten.has(path)) return undefined
    try {
      const { mtimeMs } = await stat(path)
      if (mtimeMs + keepMs < this.#parts.nowMs()) return undefined
      return readStoredResponse(unseal(await readFile(path), this.#key))
    } catch (error) {
      if (!isMissing(error)) this.#parts.log.warn({ error, id }, 'a stored response cannot be read')
      return undefined
    }
  }

  async forget(project: string, id: string): Promise<void> {
    const path = this.#pathOf(project, id)
    this.#waiting.delete(path)
    this.#forgotten.add(path)
    this.#later(() => rm(path, { force: true }).finally(() => this.#forgotten.delete(path)))
    await this.#writes
  }

  /** Deletes what is too old, and the oldest while all together is too much. */
  async sweep(): Promise<void> {
    const { folder, nowMs, maxBytes = 1024 ** 3 } = this.#parts
    this.#bytesSinceSweep = 0
    const files: { path: string; mtimeMs: number; size: number }[] = []
    for (const project of await readdir(folder).catch(() => [])) {
      for (const name of await readdir(join(folder, project)).catch(() => [])) {
        const path = join(folder, project, name)
        const found = await stat(path).catch(() => undefined)
        if (found !== undefined) files.push({ path, mtimeMs: found.mtimeMs, size: found.size })
      }
    }
    files.sort((one, other) => one.mtimeMs - other.mtimeMs)
    let total = files.reduce((sum, { size }) => sum + size, 0)
    for (const { path, mtimeMs, size } of files) {
      if (mtimeMs + keepMs >= nowMs() && total <= maxBytes) break
      await rm(path, { force: true })
      total -= size
    }
  }

  async #write(project: string, path: string, text: string): Promise<void> {
    const bytes = seal(text, this.#key)
    await mkdir(join(this.#parts.folder, project), { recursive: true, mode: 0o700 })
    await writeFile(`${path}.new`, bytes, { mode: 0o600 })
    await rename(`${path}.new`, path)
    this.#bytesSinceSweep += bytes.length
    if (this.#bytesSinceSweep > (this.#parts.maxBytes ?? 1024 ** 3) / 16) await this.sweep()
  }

  /** One after the other, so that a later word on the same response wins. */
  #later(step: () => Promise<void>): void {
    this.#writes = this.#writes.then(step).catch((error: unknown) => {
      this.#parts.log.warn({ error }, 'a response could not be kept')
    })
  }

  /** Ids come from clients, so none of them becomes a path. */
  #pathOf(project: string, id: string): string {
    return join(this.#parts.folder, project, createHash('sha256').update(id).digest('hex'))
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
