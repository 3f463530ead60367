import type { Server } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'

const lookMs = 20
/** A client that keeps its connection busy sends the next call meanwhile, and learns from its answer to go elsewhere. */
const idleLooks = 15
const quietTurnMs = 1
const mostTurns = 50
const lastLooksMs = 2_000

type Draining = {
  readonly timeoutMs: number
  /** Told that the time is over, before what still runs is cut off. */
  readonly onLate: () => void
  readonly activeCalls: () => number
}

/**
 * The connections of a server, so that it can go without cutting one that its client is about to use: each is closed by
 * the answer that says so, or when it has been idle for a while.
 */
export class OpenConnections {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
  }

  /**
   * Stops accepting and resolves when the running calls have ended, at the latest after `timeoutMs`. Answers must say
   * `connection: close` from here on.
   */
  async drain({ timeoutMs, onLate, activeCalls }: Draining): Promise<void> {
    const startedMs = performance.now()
    await quietTurn()
    // The server's own `close` would cut idle connections at once, and with them the calls that are on their way.
    const closed = new Promise<void>((resolve) =>
      NetServer.prototype.close.call(this.#server, () => resolve()),
    )
    const seen = new Map<Socket, Seen>()
    const looking = setInterval(() => this.#closeIdle(seen), lookMs)
    const late = setTimeout(() => {
      onLate()
      this.#server.closeAllConnections()
    }, timeoutMs)
    await closed
    clearInterval(looking)
    clearTimeout(late)
    // Only its timer is left to stop.
    this.#server.close()
    // A server is closed before the calls on its last connections learn of it, and these leave spans. Others came another way.
    while (activeCalls() > 0 && performance.now() < startedMs + timeoutMs + lastLooksMs)
      await new Promise((resolve) => setTimeout(resolve, lookMs))
  }

  #closeIdle(seen: Map<Socket, Seen>): void {
    for (const socket of this.#sockets) {
      const { bytesRead } = socket
      const known = seen.get(socket)
      const isIdle = known?.bytesRead === bytesRead && !isInCall(socket)
      const looks = isIdle ? known.looks + 1 : 0
      if (looks >= idleLooks) socket.destroy()
      else seen.set(socket, { bytesRead, looks })
    }
  }
}

/** Looks and not time: while this process stands still, its clients cannot have been idle. */
type Seen = { readonly bytesRead: number; readonly looks: number }

/** A request has come and its answer has not gone. */
function isInCall(socket: Socket): boolean {
  return (Reflect.get(socket, '_httpMessage') ?? null) !== null
}

/** The system resets whoever waits for a listener that goes, so it goes after a turn that was too short for many to come. */
async function quietTurn(): Promise<void> {
  for (let turn = 0; turn < mostTurns; turn++) {
    const startedMs = performance.now()
    await new Promise((resolve) => setImmediate(resolve))
    if (performance.now() - startedMs < quietTurnMs) return
  }
}
