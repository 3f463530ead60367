import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { AppError } from '@ratchet/contract'
import { LineReader } from './line-reader.ts'
import { residentBytes } from './resident-bytes.ts'
import { parseToolAnswer, type ToolAnswer } from './tool-answer.ts'
import { toolError, workerError, type ToolPlace } from './tool-error.ts'

/** Bounds of one worker process. */
export type WorkerLimits = {
  readonly heapMegabytes: number
  /** Memory outside the heap counts here; checked while a call runs, where the system tells it. */
  readonly residentBytes: number
  readonly outputBytes: number
  readonly startTimeoutMs: number
}

export type WorkerCall = {
  readonly inputs: Readonly<Record<string, unknown>>
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

type Waiting = { readonly resolve: (answer: ToolAnswer) => void; readonly reject: (error: Error) => void }

const bootstrap = fileURLToPath(import.meta.resolve('./sandbox-main.ts'))
const memoryCheckMs = 200
const keptErrorCharacters = 4_000

/**
 * One process that holds one tool and answers one call at a time. Whatever goes wrong in it (a crash, too much
 * memory, a call that does not end) fails that call and ends the process, nothing else.
 */
export class ToolWorker {
  readonly #place: ToolPlace
  readonly #limits: WorkerLimits
  readonly #child: ChildProcess
  readonly #reader: LineReader
  readonly #exited: Promise<void>
  #waiting: Waiting | undefined
  #errors = ''
  #isDead = false
  #calls = 0

  private constructor(place: ToolPlace, path: string, limits: WorkerLimits) {
    this.#place = place
    this.#limits = limits
    this.#reader = new LineReader(limits.outputBytes + 1024)
    this.#child = spawn(process.execPath, workerArguments(place, path, limits), {
      // Not even PATH: what is in our environment is none of a tool's business.
      env: {},
      cwd: place.folder,
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    })
    this.#exited = new Promise((resolve) => this.#child.once('close', () => resolve()))
    this.#listen()
  }

  /** Starts a worker for the tool at `path`; resolves once the tool's file is loaded. */
  static async start(place: ToolPlace, path: string, limits: WorkerLimits): Promise<ToolWorker> {
    const worker = new ToolWorker(place, path, limits)
    const late = workerError(
      place,
      `its file did not load within ${limits.startTimeoutMs} ms. Do less at import.`,
    )
    const timer = setTimeout(() => worker.#fail(late), limits.startTimeoutMs)
    try {
      const answer = await worker.#next()
      if ('ready' in answer) return worker
      throw 'failed' in answer
        ? toolError(place, answer.failed)
        : workerError(place, 'it answered before it was asked.')
    } catch (error) {
      worker.kill()
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  get isUsable(): boolean {
    return !this.#isDead && this.#waiting === undefined
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Runs the tool once. Throws `tool_failed` or `timeout`, or the signal's reason; after these but the tool's own error the worker is dead. */
  async call(call: WorkerCall): Promise<unknown> {
    call.signal.throwIfAborted()
    const id = ++this.#calls
    const timer = setTimeout(() => this.#fail(callTimeout(this.#place, call.timeoutMs)), call.timeoutMs)
    const memoryTimer = setInterval(() => this.#checkMemory(), memoryCheckMs)
    const abort = (): void => this.#fail(abortReason(call.signal))
    call.signal.addEventListener('abort', abort, { once: true })
    try {
      const next = this.#next()
      this.#child.stdin?.write(`${JSON.stringify({ id, inputs: call.inputs })}\n`)
      return this.#read(id, await next)
    } finally {
      clearTimeout(timer)
      clearInterval(memoryTimer)
      call.signal.removeEventListener('abort', abort)
    }
  }

  /** Ends the process at once. */
  kill(): void {
    this.#isDead = true
    this.#child.kill('SIGKILL')
  }

  /** Ends the process and waits until it is gone. */
  async stop(): Promise<void> {
    this.kill()
    await this.#exited
  }

  #read(id: number, answer: ToolAnswer): unknown {
    if ('output' in answer && answer.id === id) return answer.output
    if ('error' in answer && answer.id === id) throw toolError(this.#place, answer.error)
    const error = workerError(this.#place, 'it wrote to the runner’s pipe itself. Return the result instead.')
    this.#fail(error)
    throw error
  }

  #next(): Promise<ToolAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<ToolAnswer>()
    this.#waiting = { resolve, reject }
    return promise
  }

  #listen(): void {
    const { stdin, stdout, stderr } = this.#child
    this.#child.once('error', (cause) =>
      this.#fail(workerError(this.#place, `its process did not start: ${cause.message}`, cause)),
    )
    this.#child.once('close', (code, signal) => this.#fail(this.#exitError(code, signal)))
    stdin?.on('error', () => undefined) // A dead process; its exit is reported by `close`.
    stdout?.on('data', (chunk: Buffer) => this.#take(chunk))
    stderr?.setEncoding('utf8')
    stderr?.on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-keptErrorCharacters)
    })
  }

  #take(chunk: Buffer): void {
    const lines = this.#reader.push(chunk)
    if (lines === undefined) return this.#fail(this.#outputError())
    for (const line of lines) {
      const answer = parseToolAnswer(line)
      if (answer === undefined || this.#waiting === undefined) {
        this.#fail(workerError(this.#place, 'it wrote to the runner’s pipe itself. Print with console.log.'))
        return
      }
      const { resolve } = this.#waiting
      this.#waiting = undefined
      resolve(answer)
    }
  }

  #fail(error: Error): void {
    this.kill()
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.reject(error)
  }

  #checkMemory(): void {
    const bytes = this.#child.pid === undefined ? undefined : residentBytes(this.#child.pid)
    if (bytes !== undefined && bytes > this.#limits.residentBytes) this.#fail(this.#memoryError())
  }

  #memoryError(): AppError {
    const megabytes = `${this.#limits.heapMegabytes} MB of objects and ${Math.round(this.#limits.residentBytes / 1024 ** 2)} MB in all`
    return workerError(
      this.#place,
      `it used more memory than a tool may have (${megabytes}). Work on less at a time.`,
    )
  }

  #outputError(): AppError {
    return workerError(
      this.#place,
      `its output is larger than ${this.#limits.outputBytes} bytes of JSON. Return less.`,
    )
  }

  #exitError(code: number | null, signal: string | null): AppError {
    if (this.#errors.includes('heap out of memory')) return this.#memoryError()
    const how = signal === null ? `exit code ${code}` : `signal ${signal}`
    const last = this.#errors
      .trim()
      .split('\n')
      .find((line) => /error/i.test(line))
    return workerError(
      this.#place,
      `its process ended with ${how} before it answered${last === undefined ? '.' : `: ${last.trim()}`}`,
    )
  }
}

/** The owner's pid comes last, so that a later runner finds workers whose runner was killed. */
function workerArguments(place: ToolPlace, path: string, limits: WorkerLimits): string[] {
  return [
    '--permission',
    `--allow-fs-read=${bootstrap}`,
    `--allow-fs-read=${place.folder}/`,
    `--max-old-space-size=${limits.heapMegabytes}`,
    '--max-semi-space-size=8',
    '--disallow-code-generation-from-strings',
    '--no-addons',
    // The permission model of Node 26 does not cover the files that SQLite opens.
    '--no-experimental-sqlite',
    '--no-experimental-webstorage',
    '--no-experimental-ffi',
    '--no-global-search-paths',
    '--no-warnings',
    bootstrap,
    pathToFileURL(path).href,
    String(limits.outputBytes),
    String(process.pid),
  ]
}

function callTimeout(place: ToolPlace, timeoutMs: number): AppError {
  return new AppError('timeout', {
    message: `The tool "${place.file}" did not answer within ${timeoutMs} ms and was stopped. Raise timeoutMs of its node, or do less.`,
    details: { file: place.file, timeoutMs },
  })
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason))
}
