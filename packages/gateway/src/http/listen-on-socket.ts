import { rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'

/**
 * The way to this process and no other, on a socket in the data folder: behind a port that several share nobody can
 * choose whom to ask. For control, and for calls that the gateway makes to itself.
 */
export async function listenOnSocket(
  path: string,
  serve: RequestListener,
): Promise<{ readonly stop: () => Promise<void> }> {
  // A killed process leaves its socket behind, and pids come again.
  rmSync(path, { force: true })
  const server = createServer(serve)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
