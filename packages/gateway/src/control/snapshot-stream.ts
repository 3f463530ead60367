import { internalPaths, snapshot as snapshotSchema, type Snapshot } from '@ratchet/contract'
import type { ControlAddress } from '@ratchet/spool'
import type { Dispatcher } from 'undici'
import { LineSplitter } from '../formats/line-splitter.ts'
import type { Log } from '../log.ts'
import { connectControl } from './control-client.ts'

export type SnapshotStreamParts = {
  readonly control: ControlAddress
  readonly internalToken: string
  readonly onSnapshot: (snapshot: Snapshot) => void
  readonly log: Log
  /** Control sends something at least every 5 s; after this silence the connection is taken for dead. */
  readonly silenceMs?: number
}

export type SnapshotStream = { readonly isConnected: () => boolean; readonly stop: () => void }

const firstRetryMs = 50
const longestRetryMs = 1_000

/**
 * Follows control's stream of snapshots and connects again whenever it breaks, for as long as the gateway
 * lives. A line that is not a valid snapshot is logged and skipped: the last good one stays in force.
 */
export function followSnapshots(parts: SnapshotStreamParts): SnapshotStream {
  let isStopped = false
  let failures = 0
  let retryTimer: NodeJS.Timeout | undefined
  let connection: SnapshotConnection | undefined

  const connect = (): void => {
    if (isStopped) return
    connection = new SnapshotConnection(parts, {
      onOpen: () => {
        failures = 0
        parts.log.info({}, 'connected to control')
      },
      onEnd: (reason, wasOpen) => {
        if (isStopped) return
        if (wasOpen) parts.log.warn({ reason }, 'lost control; serving what is known')
        failures += 1
        const delayMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures, 6))
        retryTimer = setTimeout(connect, delayMs * (0.5 + Math.random() / 2))
      },
    })
  }
  connect()
  return {
    isConnected: () => connection?.isOpen ?? false,
    stop: () => {
      isStopped = true
      clearTimeout(retryTimer)
      connection?.end('the gateway stops')
    },
  }
}

type ConnectionEvents = {
  readonly onOpen: () => void
  /** Once, whatever the reason. */
  readonly onEnd: (reason: string, wasOpen: boolean) => void
}

/** One connection's worth of the stream. */
class SnapshotConnection implements Dispatcher.DispatchHandler {
  readonly #parts: SnapshotStreamParts
  readonly #events: ConnectionEvents
  readonly #client: ReturnType<typeof connectControl>
  readonly #lines = new LineSplitter(snapshotLimitBytes)
  readonly #silence: NodeJS.Timeout
  #isOver = false
  isOpen = false

  constructor(parts: SnapshotStreamParts, events: ConnectionEvents) {
    this.#parts = parts
    this.#events = events
    this.#client = connectControl(parts.control)
    this.#silence = setTimeout(() => this.end('control was silent for too long'), parts.silenceMs ?? 15_000)
    const headers = ['authorization', `Bearer ${parts.internalToken}`]
    this.#client.dispatch({ path: internalPaths.snapshotStream, method: 'GET', headers }, this)
  }

  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    if (status !== 200) return this.end(`control answered ${status}`)
    this.isOpen = true
    this.#events.onOpen()
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return
    this.#silence.refresh()
    for (const line of this.#lines.push(chunk)) if (line !== '') acceptLine(this.#parts, line)
  }

  onResponseEnd(): void {
    this.end('the stream ended')
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.end(error.message)
  }

  end(reason: string): void {
    if (this.#isOver) return
    this.#isOver = true
    const wasOpen = this.isOpen
    this.isOpen = false
    clearTimeout(this.#silence)
    void this.#client.destroy()
    this.#events.onEnd(reason, wasOpen)
  }
}

const snapshotLimitBytes = 512 * 1024 * 1024

function acceptLine(parts: SnapshotStreamParts, line: string): void {
  try {
    parts.onSnapshot(snapshotSchema.parse(JSON.parse(line)))
  } catch (error) {
    parts.log.error({ error }, 'control sent a snapshot that is not valid; the last one stays in force')
  }
}
