import { existsSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { AppError } from '@ratchet/contract'

export type Listening = {
  readonly port: number
  /** Stops taking connections, lets running calls end for `graceMs`, then cuts them. */
  readonly stop: (graceMs?: number) => Promise<void>
}

type Fetch = (request: Request, environment: unknown) => Response | Promise<Response>

/** Serves `fetch` on a TCP port; 0 lets the system choose. A taken port is a `conflict` that names the way out. */
export async function listenTcp(
  fetch: Fetch,
  place: { host: string; port: number; variable: string },
): Promise<Listening> {
  const server = makeServer(fetch)
  await listen(server, { host: place.host, port: place.port }).catch((error: NodeJS.ErrnoException) => {
    throw portError(error, place)
  })
  const address = server.address()
  return { port: typeof address === 'object' && address ? address.port : place.port, stop: stopper(server) }
}

/** Serves `fetch` on a local socket inside the data folder, which only its owner can enter. */
export async function listenSocket(fetch: Fetch, path: string): Promise<Listening> {
  // A killed process leaves its socket behind; the folder lock says that nobody else uses it.
  if (existsSync(path)) rmSync(path)
  const server = makeServer(fetch)
  await listen(server, { path })
  return { port: 0, stop: stopper(server) }
}

/** A free port of `host`, for children whose port the system should choose. */
export function findFreePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createTcpServer()
    probe.once('error', reject)
    probe.listen(0, host, () => {
      const address = probe.address()
      probe.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no address')),
      )
    })
  })
}

const peers = new WeakMap<Request, string>()

/** Network address of who sent the request: the socket's, because a header could be forged. */
export function peerAddress(request: Request): string {
  return peers.get(request) ?? ''
}

function makeServer(fetch: Fetch): Server {
  const listener = getRequestListener(
    (request, environment) => {
      if ('incoming' in environment)
        peers.set(request, (environment as HttpBindings).incoming.socket.remoteAddress ?? '')
      return fetch(request, environment)
    },
    { overrideGlobalObjects: false },
  )
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing))
  // A client that sends its header one byte at a time must not hold a connection for ever.
  server.headersTimeout = 15_000
  server.requestTimeout = 300_000
  server.keepAliveTimeout = 65_000
  return server
}

function listen(server: Server, options: { host?: string; port?: number; path?: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}

function stopper(server: Server): (graceMs?: number) => Promise<void> {
  return (graceMs = 2_000) =>
    new Promise((resolve) => {
      const timer = setTimeout(() => server.closeAllConnections(), graceMs)
      server.close(() => {
        clearTimeout(timer)
        resolve()
      })
      server.closeIdleConnections()
    })
}

/** The error for a port that cannot be bound. */
export function portError(
  error: NodeJS.ErrnoException,
  place: { host: string; port: number; variable: string },
): Error {
  if (error.code === 'EADDRINUSE') {
    return new AppError('conflict', {
      message: `port ${place.port} is taken by another program. Stop it, or choose another port with ${place.variable}.`,
      details: { port: place.port },
      cause: error,
    })
  }
  if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL') {
    return new AppError('validation_failed', {
      message: `Cannot listen on ${place.host}:${place.port} (${error.code}). Choose another with ${place.variable} or RATCHET_HOST.`,
      details: { host: place.host, port: place.port },
      cause: error,
    })
  }
  return error
}
