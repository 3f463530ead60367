import { ToolWorker, type WorkerCall, type WorkerLimits } from './tool-worker.ts'
import type { ToolPlace } from './tool-error.ts'

/** One call of a tool; workers are shared between calls of the same file of the same release only. */
export type SandboxCall = WorkerCall & {
  readonly place: ToolPlace
  /** The tool's file on disk, without links. */
  readonly path: string
}

export type SandboxOptions = {
  /** Worker processes at the same time, of all tools together; one tool gets half of them at most. Default 8. */
  readonly maxWorkers?: number
  /** A worker without calls ends after this; default 60 s. */
  readonly idleMs?: number
  readonly limits?: Partial<WorkerLimits>
}

/** Runs tools in worker processes. */
export type Sandbox = {
  /** Waits for a free worker, then runs the tool. Throws `tool_failed` or `timeout`, or the signal's reason. */
  readonly run: (call: SandboxCall) => Promise<unknown>
  readonly workerPids: () => number[]
  readonly stop: () => Promise<void>
}

const defaultLimits: WorkerLimits = {
  heapMegabytes: 128,
  residentBytes: 512 * 1024 * 1024,
  outputBytes: 4 * 1024 * 1024,
  startTimeoutMs: 10_000,
}

type Idle = { readonly path: string; readonly worker: ToolWorker; readonly timer: NodeJS.Timeout }
type Waiter = { readonly path: string; readonly start: () => void }

/** Makes a pool of tool workers; none runs until the first call. */
export function makeSandbox(options: SandboxOptions = {}): Sandbox {
  const maxWorkers = options.maxWorkers ?? 8
  const maxPerTool = Math.max(1, Math.floor(maxWorkers / 2))
  const idleMs = options.idleMs ?? 60_000
  const limits = { ...defaultLimits, ...options.limits }
  const workers = new Set<ToolWorker>()
  const runningByPath = new Map<string, number>()
  let running = 0
  let idle: Idle[] = []
  let waiters: Waiter[] = []

  const canRun = (path: string): boolean =>
    running < maxWorkers && (runningByPath.get(path) ?? 0) < maxPerTool
  const occupy = (path: string, change: 1 | -1): void => {
    running += change
    const count = (runningByPath.get(path) ?? 0) + change
    if (count === 0) runningByPath.delete(path)
    else runningByPath.set(path, count)
  }
  const waitTurn = async (path: string, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted()
    if (canRun(path)) return occupy(path, 1)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiter = { path, start: resolve }
    const leave = (): void => {
      waiters = waiters.filter((each) => each !== waiter)
      reject(signal.reason)
    }
    waiters.push(waiter)
    signal.addEventListener('abort', leave, { once: true })
    await promise.finally(() => signal.removeEventListener('abort', leave))
  }
  const endTurn = (path: string): void => {
    occupy(path, -1)
    const next = waiters.find((waiter) => canRun(waiter.path))
    if (next === undefined) return
    waiters = waiters.filter((waiter) => waiter !== next)
    occupy(next.path, 1)
    next.start()
  }
  const discard = (entry: Idle): void => {
    clearTimeout(entry.timer)
    idle = idle.filter((each) => each !== entry)
    workers.delete(entry.worker)
    entry.worker.kill()
  }
  const take = async (call: SandboxCall): Promise<ToolWorker> => {
    const known = idle.findLast((entry) => entry.path === call.path)
    if (known !== undefined) {
      clearTimeout(known.timer)
      idle = idle.filter((entry) => entry !== known)
      if (known.worker.isUsable) return known.worker
      workers.delete(known.worker)
    }
    const oldest = idle[0]
    if (oldest !== undefined && running + idle.length > maxWorkers) discard(oldest)
    const worker = await ToolWorker.start(call.place, call.path, limits)
    workers.add(worker)
    return worker
  }
  const giveBack = (path: string, worker: ToolWorker): void => {
    if (!worker.isUsable) {
      workers.delete(worker)
      return
    }
    const timer = setTimeout(() => discard(entry), idleMs).unref()
    const entry: Idle = { path, worker, timer }
    idle.push(entry)
  }

  return {
    run: async (call) => {
      await waitTurn(call.path, call.signal)
      try {
        const worker = await take(call)
        try {
          return await worker.call(call)
        } finally {
          giveBack(call.path, worker)
        }
      } finally {
        endTurn(call.path)
      }
    },
    workerPids: () => [...workers].flatMap((worker) => worker.pid ?? []),
    stop: async () => {
      for (const entry of idle) clearTimeout(entry.timer)
      idle = []
      await Promise.all([...workers].map((worker) => worker.stop()))
      workers.clear()
    },
  }
}
