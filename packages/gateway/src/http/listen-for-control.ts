import { rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/**
 * Health and figures of this process on a local socket: on the port that it shares with others nobody can choose whom
 * to ask.
 */
export async function listenForControl(
  path: string,
  serve: (request: IncomingMessage, response: ServerResponse) => boolean,
): Promise<{ readonly stop: () => Promise<void> }> {
  // A killed process leaves its socket behind, and pids come again.
  rmSync(path, { force: true })
  const server = createServer((request, response) => {
    if (!serve(request, response)) response.writeHead(404).end()
  })
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
