import { Worker } from 'node:worker_threads'
import type { OfflineJob, OfflineResult } from './offline-job.ts'

type ThreadParts = {
  /** Longest time for one job. */
  readonly limitMs: number
  /** Memory of the thread beyond which it is given up. */
  readonly memoryMib: number
}

type Waiting = { readonly job: OfflineJob; readonly done: (result: OfflineResult) => void }

/**
 * Runs the offline models in a thread of their own, one job after the other. A request may carry a pattern, a schema
 * or a text that takes for ever; here that costs its own call, and every other call of the gateway goes on.
 */
export class OfflineThread {
  readonly #parts: ThreadParts
  readonly #waiting: Waiting[] = []
  #running: Waiting | undefined
  #worker: Worker | undefined
  /** A thread takes a moment to start, which is not the fault of its first job. */
  #isReady = false
  #timer: NodeJS.Timeout | undefined

  constructor(parts: ThreadParts) {
    this.#parts = parts
  }

  /** `done` runs once, later, unless the returned function is called before: nobody wants the answer any more. */
  run(job: OfflineJob, done: (result: OfflineResult) => void): () => void {
    const waiting = { job, done }
    this.#waiting.push(waiting)
    this.#startNext()
    return () => {
      const place = this.#waiting.indexOf(waiting)
      if (place !== -1) this.#waiting.splice(place, 1)
      else if (this.#running === waiting) this.#running = { job, done: () => undefined }
    }
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#waiting.length = 0
    await this.#worker?.terminate()
  }

  #startNext(): void {
    if (this.#running !== undefined || this.#waiting.length === 0) return
    if (this.#worker === undefined) return this.#open()
    if (!this.#isReady) return
    this.#running = this.#waiting.shift()
    const { limitMs } = this.#parts
    this.#timer = setTimeout(() => this.#giveUp(tooSlow(limitMs)), limitMs)
    this.#worker.postMessage(this.#running?.job)
  }

  #open(): void {
    const worker = new Worker(new URL('./offline-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: this.#parts.memoryMib },
    })
    worker.on('message', (result: OfflineResult | 'ready') => {
      if (worker !== this.#worker) return
      if (result !== 'ready') return this.#end(result)
      this.#isReady = true
      // The calls that wait keep the process alive, not the thread.
      worker.unref()
      this.#startNext()
    })
    worker.on('error', (error) => {
      if (worker !== this.#worker) return
      this.#running ??= this.#waiting.shift()
      this.#giveUp(tooMuch(error instanceof Error ? error.message : String(error)))
    })
    this.#worker = worker
    this.#isReady = false
  }

  /** The thread cannot be asked to stop what it does, only be ended. */
  #giveUp(result: OfflineResult): void {
    const worker = this.#worker
    this.#worker = undefined
    void worker?.terminate()
    this.#end(result)
  }

  #end(result: OfflineResult): void {
    clearTimeout(this.#timer)
    const running = this.#running
    this.#running = undefined
    // The next one first: what a listener does must not hold it up.
    this.#startNext()
    running?.done(result)
  }
}

function tooSlow(limitMs: number): OfflineResult {
  const message = `The offline model did not finish within ${limitMs} ms. Send less text, or a simpler schema or pattern.`
  // The request is at fault, so this is no timeout that another try could help.
  return { failure: { code: 'validation_failed', message, details: { limitMs } } }
}

function tooMuch(reason: string): OfflineResult {
  const message = `The offline model gave up (${reason}). Send less text, or a simpler schema.`
  return { failure: { code: 'validation_failed', message, details: {} } }
}
