import type { IncomingMessage } from 'node:http'

const drainMs = 2_000

/**
 * Throws away what is left of a body, then calls `done` once: with `isRead` false when it took over two seconds.
 * Who is cut off while still sending loses the answer, because the reset of the connection overtakes it.
 */
export function afterBody(request: IncomingMessage, done: (isRead: boolean) => void): void {
  if (request.complete) return done(true)
  request.resume()
  const timer = setTimeout(() => done(false), drainMs)
  request.once('close', () => clearTimeout(timer))
  request.once('end', () => {
    clearTimeout(timer)
    done(true)
  })
}
