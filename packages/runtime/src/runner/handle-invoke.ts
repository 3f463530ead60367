import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError, isAppError, type InvocationEvent } from '@ratchet/contract'
import type { Log } from '../log.ts'
import type { LoadedReleases } from '../releases/loaded-releases.ts'
import { readRunnerRequest } from './read-body.ts'
import { startDeadline } from './run-deadline.ts'
import { runInvocation, type InvocationParts } from './run-invocation.ts'
import type { RunLimiter } from './run-limiter.ts'

export type InvokeParts = InvocationParts & {
  readonly releases: LoadedReleases
  readonly limiter: RunLimiter
  /** How to end each run that goes on; the drain uses it. */
  readonly running: Set<(reason: Error) => void>
}

/**
 * `POST /invoke`. What fails before the run starts (a full queue, an unknown release) is answered with its status
 * and an error body; from then on with events. A caller that leaves cancels its run.
 */
export async function handleInvoke(
  parts: InvokeParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let end = (): void => undefined
  try {
    const call = await readRunnerRequest(request)
    const deadline = startDeadline(call.deadlineMs, call.app, Date.now)
    const leave = (): void => {
      if (!response.writableEnded) deadline.abort(callerLeft())
    }
    response.once('close', leave)
    if (response.destroyed) leave()
    parts.running.add(deadline.abort)
    end = () => {
      deadline.clear()
      parts.running.delete(deadline.abort)
    }
    const leaveQueue = await parts.limiter.enter(deadline.signal)
    end = chain(end, leaveQueue)
    const { project, token, release } = call
    const loaded = await parts.releases.get({
      project,
      digest: release.digest,
      token,
      signal: deadline.signal,
    })
    startEvents(response)
    const send = (event: InvocationEvent): void => {
      if (!response.destroyed) response.write(`${JSON.stringify(event)}\n`)
    }
    await runInvocation(parts, { request: call, release: loaded, signal: deadline.signal, send })
    response.end()
  } catch (error) {
    refuse(response, error, parts.log)
  } finally {
    end()
  }
}

function startEvents(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' })
  // A first step may take long; the caller should know that its run is on.
  response.flushHeaders()
}

/** Answers with an error body; the connection of a half-read request cannot be used again. */
export function refuse(response: ServerResponse, error: unknown, log: Log): void {
  const known = isAppError(error) ? error : undefined
  if (known === undefined || known.status === 500) log.error({ error }, 'a call of the runner failed')
  if (response.destroyed) return
  if (response.headersSent) {
    response.destroy()
    return
  }
  const shown = known ?? new AppError('internal', { message: 'The runner failed; its log says why.' })
  const body = JSON.stringify(shown.toBody())
  response.writeHead(shown.status, { 'content-type': 'application/json', connection: 'close' })
  response.end(body)
}

function callerLeft(): AppError {
  return new AppError('client_closed', { message: 'The caller left before the run was over.' })
}

function chain(first: () => void, second: () => void): () => void {
  return () => {
    first()
    second()
  }
}
