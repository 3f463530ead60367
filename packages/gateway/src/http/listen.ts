import type { Server } from 'node:http'
import { AppError } from '@ratchet/contract'

type Address = { readonly host: string; readonly port: number }

/** Starts listening and gives the port. Throws `unavailable` naming the address when it is taken. */
export function listen(server: Server, config: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE'
      const message = isTaken
        ? `Port ${config.port} on ${config.host} is taken by another program. Stop it, or choose another with RATCHET_GATEWAY_PORT.`
        : `The gateway cannot listen on ${config.host}:${config.port}: ${error.message}. Choose another address with RATCHET_HOST and RATCHET_GATEWAY_PORT.`
      reject(
        new AppError('unavailable', {
          message,
          details: { port: config.port, host: config.host },
          cause: error,
        }),
      )
    })
    // A new gateway listens beside the old one before that one drains, so a restart refuses nobody.
    server.listen({ host: config.host, port: config.port, reusePort: config.port !== 0 }, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : config.port)
    })
  })
}
