import { readFileSync } from 'node:fs'
import { AppError } from '@ratchet/contract'
import { Pool } from 'undici'

type RunnerParts = {
  /** `<data>/run/runner.json`, which names the socket of the runner in charge. */
  readonly recordPath: string
  /** Used until the record is there. */
  readonly firstSocket: string | undefined
  readonly connectTimeoutMs: number
}

/** Finds the runner's socket and keeps connections to it. A new runner means a new socket. */
export class RunnerClient {
  readonly #parts: RunnerParts
  #socketPath: string | undefined
  #pool: Pool | undefined

  constructor(parts: RunnerParts) {
    this.#parts = parts
  }

  /** Connections to the runner in charge. Throws `unavailable` when none has ever started. */
  pool(): Pool {
    if (this.#pool !== undefined) return this.#pool
    const socketPath = this.#readSocketPath() ?? this.#parts.firstSocket
    if (socketPath === undefined) throw runnerDown('it has not started yet')
    return this.#open(socketPath)
  }

  /** Reads again which runner is in charge; true when it is another one than before. */
  hasMoved(): boolean {
    const before = this.#socketPath
    const now = this.#readSocketPath()
    if (now === undefined || now === before) return false
    this.#open(now)
    return true
  }

  async close(): Promise<void> {
    await this.#pool?.destroy()
  }

  #open(socketPath: string): Pool {
    // Calls that still run on the old runner finish there.
    void this.#pool?.close()
    this.#socketPath = socketPath
    this.#pool = new Pool('http://runner', {
      socketPath,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      connectTimeout: this.#parts.connectTimeoutMs,
    })
    return this.#pool
  }

  #readSocketPath(): string | undefined {
    try {
      const record: unknown = JSON.parse(readFileSync(this.#parts.recordPath, 'utf8'))
      const isRecord = typeof record === 'object' && record !== null && 'socket' in record
      return isRecord && typeof record.socket === 'string' ? record.socket : undefined
    } catch {
      // Not written yet, or being replaced: the next call reads it.
      return undefined
    }
  }
}

/** The error for a runner that does not answer. */
export function runnerDown(reason: string, cause?: unknown): AppError {
  return new AppError('unavailable', {
    message: `The runner, which executes apps, cannot be reached (${reason}). It is restarted on its own: try again in a moment, or look at: ratchet status`,
    details: { process: 'runner' },
    cause,
  })
}
