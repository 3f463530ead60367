import type { ChildProcess } from 'node:child_process'
import { AppError } from '@ratchet/contract'
import {
  findOrphan,
  isAlive,
  readLogTail,
  residentBytes,
  startChild,
  type ChildSpec,
} from './child-process.ts'

export type ChildState = {
  readonly name: ChildSpec['name']
  readonly state: 'starting' | 'ready' | 'down'
  readonly pid?: number
  readonly restarts: number
  readonly startedAtMs?: number
  readonly memoryBytes?: number
  readonly message?: string
}

const defaultReadyTimeoutMs = 30_000

type SupervisorParts = {
  readonly dataFolder: string
  readonly log: { info(details: object, message: string): void; warn(details: object, message: string): void }
  readonly clock: { now(): number }
  /** How long a child may take until it serves when it is started again, in milliseconds. */
  readonly readyTimeoutMs?: number
  readonly drainTimeoutMs?: number
  /** Called when a child has ended, however it did: what it said of itself is no longer true. */
  readonly onEnd?: (name: string) => void
}

/**
 * Keeps one child process alive: starts it, takes over from one that an earlier control left behind,
 * restarts it with growing pauses when it dies, drains it on stop. A child never dies because control does.
 */
export class SupervisedChild {
  readonly #spec: ChildSpec
  readonly #parts: SupervisorParts
  #child: ChildProcess | undefined
  #state: ChildState['state'] = 'starting'
  #restarts = 0
  #startedAtMs = 0
  #message: string | undefined
  #isStopping = false
  #restartTimer: NodeJS.Timeout | undefined

  constructor(spec: ChildSpec, parts: SupervisorParts) {
    this.#spec = spec
    this.#parts = parts
  }

  /** Resolves when the child serves; throws `unavailable` with its last words when it ends, or does not by the deadline. */
  async start(deadline: AbortSignal): Promise<void> {
    const orphan = findOrphan(this.#parts.dataFolder, this.#spec.name)
    await this.#launch(deadline)
    if (orphan !== undefined && orphan !== this.#child?.pid) {
      this.#parts.log.info(
        { pid: orphan, process: this.#spec.name },
        'took over from the process of an earlier start',
      )
      signalQuietly(orphan, 'SIGTERM')
    }
  }

  status(): ChildState {
    const pid = this.#child?.pid
    const memoryBytes = pid === undefined ? undefined : residentBytes(pid)
    return {
      name: this.#spec.name,
      state: this.#state,
      restarts: this.#restarts,
      ...(pid === undefined ? {} : { pid, startedAtMs: this.#startedAtMs }),
      ...(memoryBytes === undefined ? {} : { memoryBytes }),
      ...(this.#message === undefined ? {} : { message: this.#message }),
    }
  }

  /** SIGTERM, time to finish streams, then SIGKILL. */
  async stop(): Promise<void> {
    this.#isStopping = true
    clearTimeout(this.#restartTimer)
    const child = this.#child
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    signalQuietly(child.pid, 'SIGTERM')
    const timer = setTimeout(
      () => signalQuietly(child.pid ?? 0, 'SIGKILL'),
      this.#parts.drainTimeoutMs ?? 15_000,
    )
    await exited
    clearTimeout(timer)
  }

  async #launch(deadline: AbortSignal): Promise<void> {
    this.#state = 'starting'
    this.#startedAtMs = this.#parts.clock.now()
    const child = startChild(this.#spec, this.#parts.dataFolder)
    this.#child = child
    child.once('error', (error) => (this.#message = error.message))
    child.once('exit', (code, signal) => this.#onExit(child, code, signal))
    await this.#waitUntilReady(child, deadline)
    this.#state = 'ready'
    this.#message = undefined
  }

  async #waitUntilReady(child: ChildProcess, deadline: AbortSignal): Promise<void> {
    while (
      !deadline.aborted &&
      child.exitCode === null &&
      child.signalCode === null &&
      child.pid !== undefined
    ) {
      if (await this.#spec.isReady(child.pid, deadline).catch(() => false)) return
      await pause(25)
    }
    // One that hangs must not stay beside the one that is started in its place.
    if (child.pid !== undefined && child.exitCode === null) signalQuietly(child.pid, 'SIGKILL')
    throw new AppError('unavailable', {
      message: `The ${this.#spec.name} did not start: ${readLogTail(this.#parts.dataFolder, this.#spec.name) || 'it wrote nothing'}`,
      details: { process: this.#spec.name, exitCode: child.exitCode },
    })
  }

  #onExit(child: ChildProcess, code: number | null, signal: string | null): void {
    if (child !== this.#child) return
    this.#parts.onEnd?.(this.#spec.name)
    const wasReady = this.#state === 'ready'
    this.#state = 'down'
    if (this.#isStopping || !wasReady) return
    this.#restarts += 1
    this.#message = `ended with ${signal ?? `code ${code}`}; restarting`
    this.#parts.log.warn({ process: this.#spec.name, code, signal }, 'a process ended; restarting it')
    const livedMs = this.#parts.clock.now() - this.#startedAtMs
    this.#scheduleRestart(livedMs > 10_000 ? 0 : Math.min(5_000, 100 * 2 ** Math.min(this.#restarts - 1, 6)))
  }

  #scheduleRestart(delayMs: number): void {
    this.#restartTimer = setTimeout(() => {
      this.#launch(AbortSignal.timeout(this.#parts.readyTimeoutMs ?? defaultReadyTimeoutMs)).catch(
        (error: unknown) => {
          this.#message = error instanceof Error ? error.message : String(error)
          this.#parts.log.warn(
            { process: this.#spec.name, error: this.#message },
            'a process did not restart; trying again',
          )
          if (!this.#isStopping) this.#scheduleRestart(5_000)
        },
      )
    }, delayMs)
  }
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  if (pid > 0 && isAlive(pid)) process.kill(pid, signal)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
