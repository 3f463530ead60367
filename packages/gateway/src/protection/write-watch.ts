import type { Socket } from 'node:net'

/**
 * Cuts off clients that do not take their answer. A socket with bytes that wait gets the timer of Node, which starts
 * anew with every byte that leaves; the others cost one look per sweep.
 */
export class WriteWatch {
  readonly #sockets = new Set<Socket>()
  readonly #armed = new WeakSet<Socket>()
  readonly #timeoutMs: number
  readonly #onStalled: () => void
  readonly #timer: NodeJS.Timeout | undefined

  /** `timeoutMs` 0: nobody is cut off. */
  constructor(timeoutMs: number, onStalled: () => void) {
    this.#timeoutMs = timeoutMs
    this.#onStalled = onStalled
    const everyMs = Math.min(1_000, Math.max(20, Math.ceil(timeoutMs / 4)))
    if (timeoutMs > 0) this.#timer = setInterval(() => this.#sweep(), everyMs).unref()
  }

  add(socket: Socket): void {
    if (this.#timeoutMs === 0) return
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    socket.on('timeout', () => {
      if (!this.#armed.has(socket) || socket.writableLength === 0) return
      this.#onStalled()
      socket.destroy()
    })
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #sweep(): void {
    for (const socket of this.#sockets) {
      const isWaiting = socket.writableLength > 0
      if (isWaiting === this.#armed.has(socket)) continue
      if (isWaiting) {
        this.#armed.add(socket)
        socket.setTimeout(this.#timeoutMs)
      } else {
        this.#armed.delete(socket)
        // Another time is the server's own, for a connection that is idle by now.
        if (socket.timeout === this.#timeoutMs) socket.setTimeout(0)
      }
    }
  }
}
