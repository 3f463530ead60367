import { createServer, type Socket } from 'node:net'

/** An answer byte by byte: nothing in it needs to be HTTP. */
export type RawAnswer = {
  readonly chunks: readonly Buffer[]
  /** What happens after the last chunk; `stay` keeps the connection open and silent. */
  readonly ending: 'end' | 'destroy' | 'stay'
  /** Waited for after each chunk; absent: a turn. */
  readonly pauseMs?: number
}

export type RawUpstream = {
  readonly url: string
  /** What the next calls are answered with. */
  answer: RawAnswer
  readonly stop: () => Promise<void>
}

/** A provider, or with `socketPath` a runner, that reads a request and then sends exactly the bytes it was given. */
export async function startRawUpstream(socketPath?: string): Promise<RawUpstream> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // The gateway may hang up at any moment.
    socket.on('error', () => undefined)
    let received = Buffer.alloc(0)
    socket.on('data', (part: Buffer) => {
      received = Buffer.concat([received, part])
      const size = requestBytes(received)
      if (size === undefined || received.length < size) return
      received = received.subarray(size)
      void play(socket, upstream.answer)
    })
  })
  await new Promise<void>((resolve) =>
    server.listen(socketPath === undefined ? { port: 0, host: '127.0.0.1' } : { path: socketPath }, resolve),
  )
  const address = server.address()
  const upstream: RawUpstream = {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/v1`,
    answer: { chunks: [], ending: 'end' },
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return upstream
}

/** Head and body together; undefined while the head is not whole. */
function requestBytes(received: Buffer): number | undefined {
  const end = received.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const length = /^content-length: *(\d+)\r?$/im.exec(received.toString('latin1', 0, end + 2))?.[1]
  return end + 4 + Number(length ?? 0)
}

async function play(socket: Socket, { chunks, ending, pauseMs }: RawAnswer): Promise<void> {
  for (const chunk of chunks) {
    if (socket.destroyed) return
    socket.write(chunk)
    // Its own turn, so that it is its own packet.
    await new Promise((resolve) =>
      pauseMs === undefined ? setImmediate(resolve) : setTimeout(resolve, pauseMs),
    )
  }
  if (ending === 'end') socket.end()
  if (ending === 'destroy') socket.destroy()
}
