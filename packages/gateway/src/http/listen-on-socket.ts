import { rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { OpenConnections } from './open-connections.ts'

/**
 * The way to this process and no other, on a socket in the data folder: behind a port that several share nobody can
 * choose whom to ask. For control, and for calls that the gateway makes to itself.
 */
export async function listenOnSocket(
  path: string,
  serve: RequestListener,
): Promise<Pick<OpenConnections, 'drain'>> {
  // A killed process leaves its socket behind, and pids come again.
  rmSync(path, { force: true })
  const server = createServer(serve)
  const connections = new OpenConnections(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  return connections
}
