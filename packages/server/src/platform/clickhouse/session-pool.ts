import { drainPending, Session } from 'chdb'

/** Settings a session must have while one statement runs. */
export type SessionSettings = Readonly<Record<string, string>>

/** One statement's result bytes and the engine's own figures. */
export type StatementResult = { bytes: Uint8Array; rowsRead: number; bytesRead: number; elapsed: number }

type Lane = { readonly session: Session; readonly current: Map<string, string | undefined> }

/**
 * A few chDB sessions over one data folder. A session runs one statement at a time and keeps what `SET` changed,
 * so each statement borrows a session alone and gets exactly the settings it asked for.
 */
export class SessionPool {
  readonly #idle: Lane[]
  readonly #size: number
  readonly #waiting: ((lane: Lane) => void)[] = []
  #closed = false

  constructor(folder: string, size: number, connectionArgs: readonly string[]) {
    const lanes: Lane[] = []
    try {
      for (let index = 0; index < size; index++) {
        lanes.push({ session: new Session(folder, { connectionArgs }), current: new Map() })
      }
    } catch (error) {
      for (const lane of lanes) lane.session.close()
      throw error
    }
    this.#idle = lanes
    this.#size = size
  }

  /** Runs one statement. An abort returns at once; the engine itself stops at `max_execution_time`. */
  async run(
    sql: string,
    options: { format: string; settings: SessionSettings; signal?: AbortSignal | undefined },
  ): Promise<StatementResult> {
    if (this.#closed) throw new Error('The embedded columnar engine is stopped.')
    options.signal?.throwIfAborted()
    const lane = await this.#borrow(options.signal)
    const prefix = settingsPrefix(lane.current, options.settings)
    // Not handed the signal: it would settle early while the session is still busy inside.
    const finished = lane.session.queryAsync(prefix + sql, { format: options.format }).then(
      (result) => ({
        bytes: result.bytes(),
        rowsRead: result.rowsRead,
        bytesRead: result.bytesRead,
        elapsed: result.elapsed,
      }),
      (error: unknown) => {
        // A failed statement may have stopped before or after its SETs: set all of them again next time.
        for (const name of lane.current.keys()) lane.current.set(name, undefined)
        throw error
      },
    )
    const released = finished.then(
      () => this.#release(lane),
      () => this.#release(lane),
    )
    void released
    return options.signal ? raceAbort(finished, options.signal) : finished
  }

  /** Waits for running statements and closes the sessions; chDB then accepts another folder. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const lanes: Lane[] = []
    while (lanes.length < this.#size) lanes.push(await this.#take())
    for (const lane of lanes) lane.session.close()
    await drainPending()
  }

  async #borrow(signal: AbortSignal | undefined): Promise<Lane> {
    const taken = this.#take()
    if (!signal) return taken
    try {
      return await raceAbort(taken, signal)
    } catch (error) {
      taken.then((lane) => this.#release(lane)).catch(() => undefined)
      throw error
    }
  }

  #take(): Promise<Lane> {
    const lane = this.#idle.pop()
    return lane ? Promise.resolve(lane) : new Promise((resolve) => this.#waiting.push(resolve))
  }

  #release(lane: Lane): void {
    const next = this.#waiting.shift()
    if (next) next(lane)
    else this.#idle.push(lane)
  }
}

function settingsPrefix(current: Map<string, string | undefined>, wanted: SessionSettings): string {
  const statements: string[] = []
  for (const name of current.keys()) {
    if (name in wanted) continue
    statements.push(`SET ${name} = DEFAULT;`)
    current.delete(name)
  }
  for (const [name, value] of Object.entries(wanted)) {
    if (current.has(name) && current.get(name) === value) continue
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new Error(`"${name}" is not a setting name.`)
    statements.push(`SET ${name} = '${value.replace(/[\\']/g, (char) => `\\${char}`)}';`)
    current.set(name, value)
  }
  return statements.length === 0 ? '' : `${statements.join(' ')} `
}

function raceAbort<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
