import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { internalPaths, snapshot as snapshotSchema, type Snapshot } from '@ratchet/contract'
import type { ControlAddress } from '@ratchet/spool'
import type { Log } from '../log.ts'

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
  const stopped = new AbortController()
  let isConnected = false
  let failures = 0

  const connect = (): void => {
    if (stopped.signal.aborted) return
    const connection = openStream(parts, stopped.signal, {
      onOpen: () => {
        isConnected = true
        failures = 0
        parts.log.info({}, 'connected to control')
      },
      onLine: (line) => acceptLine(parts, line),
      onEnd: (reason) => {
        if (isConnected && !stopped.signal.aborted)
          parts.log.warn({ reason }, 'lost control; serving what is known')
        isConnected = false
        failures += 1
        const delayMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures, 6))
        if (!stopped.signal.aborted) retryTimer = setTimeout(connect, delayMs * (0.5 + Math.random() / 2))
      },
    })
    connection.end()
  }
  let retryTimer: NodeJS.Timeout | undefined
  connect()
  return {
    isConnected: () => isConnected,
    stop: () => {
      stopped.abort()
      clearTimeout(retryTimer)
    },
  }
}

type StreamEvents = {
  readonly onOpen: () => void
  readonly onLine: (line: string) => void
  readonly onEnd: (reason: string) => void
}

function openStream(parts: SnapshotStreamParts, signal: AbortSignal, events: StreamEvents) {
  const base = 'url' in parts.control ? new URL(parts.control.url) : undefined
  const send = base?.protocol === 'https:' ? requestHttps : requestHttp
  let isOver = false
  const end = (reason: string): void => {
    if (isOver) return
    isOver = true
    outgoing.destroy()
    events.onEnd(reason)
  }
  const outgoing = send({
    ...('socketPath' in parts.control
      ? { socketPath: parts.control.socketPath }
      : { host: base?.hostname, port: base?.port }),
    path: internalPaths.snapshotStream,
    headers: { authorization: `Bearer ${parts.internalToken}` },
    agent: false,
    signal,
    timeout: parts.silenceMs ?? 15_000,
  })
  outgoing.on('error', (error) => end(error.message))
  outgoing.on('timeout', () => end('control was silent for too long'))
  outgoing.on('response', (response) => {
    if (response.statusCode !== 200) return end(`control answered ${response.statusCode}`)
    events.onOpen()
    readLines(response, events.onLine)
    response.on('error', (error) => end(error.message))
    response.on('close', () => end('the stream ended'))
  })
  return outgoing
}

function readLines(response: IncomingMessage, onLine: (line: string) => void): void {
  let pieces: string[] = []
  response.setEncoding('utf8')
  response.on('data', (text: string) => {
    const lines = text.split('\n')
    for (const [index, piece] of lines.entries()) {
      pieces.push(piece)
      if (index === lines.length - 1) break
      const line = pieces.join('')
      pieces = []
      if (line !== '') onLine(line)
    }
  })
}

function acceptLine(parts: SnapshotStreamParts, line: string): void {
  try {
    parts.onSnapshot(snapshotSchema.parse(JSON.parse(line)))
  } catch (error) {
    parts.log.error({ error }, 'control sent a snapshot that is not valid; the last one stays in force')
  }
}
