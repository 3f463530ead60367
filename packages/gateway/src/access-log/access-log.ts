import { createWriteStream } from 'node:fs'
import type { Writable } from 'node:stream'
import type { Log } from '../log.ts'

/** One request as the access log tells it: never a body, never a secret. */
export type AccessEntry = {
  readonly method: string
  readonly route: string
  readonly status: number
  readonly durationMs: number
  /** Absent when no provider was asked. */
  readonly providerMs: number | undefined
  /** `connection/model`; empty when it came to none. */
  readonly model: string
  readonly keyId: string
  readonly traceId: string
  readonly requestId: string
  readonly requestBytes: number
  readonly responseBytes: number
  readonly isStream: boolean
}

const flushMs = 100
const backlogLimitBytes = 8 * 1024 * 1024
/** A full disk has room again some day. */
const openAgainMs = 10_000

/** Writes a JSON line per request, several at a time. A disk that fails or does not keep up loses lines, never calls. */
export class AccessLog {
  readonly #place: string
  readonly #isOwn: boolean
  readonly #log: Pick<Log, 'error'>
  readonly #openAgainMs: number
  #out: Writable
  #lines: string[] = []
  #timer: NodeJS.Timeout | undefined
  #failedAtMs: number | undefined
  lost = 0

  /** `place`: a file that is appended to, or `stdout`. */
  constructor(place: string, log: Pick<Log, 'error'>, againMs = openAgainMs) {
    this.#place = place
    this.#log = log
    this.#openAgainMs = againMs
    this.#isOwn = place !== 'stdout'
    this.#out = this.#isOwn ? this.#open() : process.stdout
  }

  write(entry: AccessEntry): void {
    const { durationMs, providerMs, ...facts } = entry
    this.#lines.push(
      `${JSON.stringify({
        time: new Date().toISOString(),
        ...facts,
        durationMs: roundMs(durationMs),
        ...(providerMs === undefined ? {} : { providerMs: roundMs(providerMs) }),
      })}\n`,
    )
    this.#timer ??= setTimeout(() => this.#flush(), flushMs)
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#flush()
    if (!this.#isOwn || this.#out.destroyed) return
    await new Promise<void>((resolve) => {
      this.#out.once('close', resolve)
      this.#out.end()
    })
  }

  #flush(): void {
    this.#timer = undefined
    const lines = this.#lines
    this.#lines = []
    if (lines.length === 0) return
    if (!this.#isWritable() || this.#out.writableLength > backlogLimitBytes) this.lost += lines.length
    else this.#out.write(lines.join(''))
  }

  #open(): Writable {
    const out = createWriteStream(this.#place, { flags: 'a', mode: 0o600 })
    out.on('error', (error) => {
      this.#failedAtMs = performance.now()
      this.#log.error({ error, lost: this.lost }, 'the access log cannot be written; it is tried again')
    })
    return out
  }

  #isWritable(): boolean {
    if (this.#failedAtMs === undefined) return true
    if (performance.now() - this.#failedAtMs < this.#openAgainMs) return false
    this.#failedAtMs = undefined
    this.#out = this.#open()
    return true
  }
}

function roundMs(timeMs: number): number {
  return Math.round(timeMs * 1000) / 1000
}
