import { connect } from 'node:net'

/** What a client does, byte by byte. */
export type RawCall = {
  readonly chunks: readonly Buffer[]
  /** After the last chunk: wait for the answer, half-close and wait, or go away. */
  readonly ending: 'wait' | 'half-close' | 'leave'
}

/** What came back. `isClosed` is false when the server neither ended nor cut the connection in time. */
export type RawResult = { readonly text: string; readonly isClosed: boolean; readonly tookMs: number }

/** Sends bytes over a connection of its own and reads until the server closes it. */
export function sendRaw(port: number, { chunks, ending }: RawCall, timeoutMs: number): Promise<RawResult> {
  return new Promise((resolve) => {
    const started = performance.now()
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const parts: Buffer[] = []
    const finish = (isClosed: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      const text = Buffer.concat(parts).toString('latin1')
      resolve({ text, isClosed, tookMs: performance.now() - started })
    }
    const timer = setTimeout(() => finish(false), timeoutMs)
    socket.on('end', () => finish(true))
    // The server may hang up while we still send; that is an end too.
    socket.on('error', () => finish(true))
    socket.on('close', () => finish(true))
    void send()

    async function send(): Promise<void> {
      for (const chunk of chunks) {
        if (socket.destroyed) return
        socket.write(chunk)
        await new Promise((done) => setImmediate(done))
      }
      // As simple clients do: read when all is sent. A reset in between costs them the answer.
      socket.on('data', (part: Buffer) => parts.push(part))
      if (ending === 'half-close') socket.end()
      if (ending === 'leave') setTimeout(() => finish(true), 20)
    }
  })
}
