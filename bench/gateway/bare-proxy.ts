// The yardstick: the least that a proxy on node:http and undici.dispatch can do. No keys, no accounting, no telemetry.
// Arguments: port file, origin of the provider.
import { writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { Pool, type Dispatcher } from 'undici'

const [portFile = '', origin = ''] = process.argv.slice(2)
const pool = new Pool(origin, { pipelining: 1 })

class Relay implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse

  constructor(response: ServerResponse) {
    this.#response = response
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#response.on('close', () => {
      if (!this.#response.writableFinished) controller.abort(new Error('the client went away'))
    })
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    const length = headers['content-length']
    this.#response.writeHead(status, [
      'content-type',
      String(headers['content-type']),
      ...(typeof length === 'string' ? ['content-length', length] : []),
    ])
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#response.write(chunk)) return
    controller.pause()
    this.#response.once('drain', () => controller.resume())
  }

  onResponseEnd(): void {
    this.#response.end()
  }

  onResponseError(): void {
    this.#response.destroy()
  }
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const [only] = parts
    const body = parts.length === 1 && only ? only : Buffer.concat(parts)
    pool.dispatch(
      {
        path: request.url ?? '/',
        method: 'POST',
        body,
        headers: ['content-type', 'application/json', 'authorization', 'Bearer sk-bench'],
      },
      new Relay(response),
    )
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address) writeFileSync(portFile, String(address.port))
})
process.on('SIGTERM', () => process.exit(0))
