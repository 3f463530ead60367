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

/** Writes a JSON line per request, several at a time. A disk that does not keep up loses lines, never calls. */
export class AccessLog {
  readonly #out: Writable
  readonly #isOwn: boolean
  readonly #log: Pick<Log, 'error'>
  #lines: string[] = []
  #timer: NodeJS.Timeout | undefined
  #hasFailed = false
  lost = 0

  /** `place`: a file that is appended to, or `stdout`. */
  constructor(place: string, log: Pick<Log, 'error'>) {
    this.#log = log
    this.#isOwn = place !== 'stdout'
    this.#out = this.#isOwn ? createWriteStream(place, { flags: 'a', mode: 0o600 }) : process.stdout
    if (this.#isOwn) this.#out.on('error', (error) => this.#onError(error))
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
    if (this.#hasFailed || this.#out.writableLength > backlogLimitBytes) this.lost += lines.length
    else this.#out.write(lines.join(''))
  }

  #onError(error: Error): void {
    if (this.#hasFailed) return
    this.#hasFailed = true
    this.#log.error({ error }, 'the access log cannot be written; it stays off until the next start')
  }
}

function roundMs(timeMs: number): number {
  return Math.round(timeMs * 1000) / 1000
}
