import type { Exchange } from '../exchange.ts'

/** Where the bytes come from, as far as a slow reader concerns it. */
export type StreamSource = { readonly pause: () => void; readonly resume: () => void }

/**
 * The client's side of a stream. Its head is sent with the first event, so a failure before that is still an
 * ordinary error response. A slow reader pauses the source instead of filling memory.
 */
export class StreamResponse {
  readonly #exchange: Exchange
  readonly #source: StreamSource
  readonly #contentType: string
  /** Headers beside our own, in the flat form of `writeHead`. */
  headers: readonly string[] = []
  #isStarted = false
  #isOver = false

  constructor(exchange: Exchange, source: StreamSource, contentType = 'text/event-stream; charset=utf-8') {
    this.#exchange = exchange
    this.#source = source
    this.#contentType = contentType
  }

  get isStarted(): boolean {
    return this.#isStarted
  }

  write(pieces: readonly Buffer[]): void {
    const [only] = pieces
    if (only === undefined || this.#isOver) return
    this.#start()
    const isFull = !this.#exchange.response.write(pieces.length === 1 ? only : Buffer.concat(pieces))
    if (isFull) this.#source.pause()
  }

  end(last: Buffer): void {
    if (this.#isOver) return
    this.#start()
    this.#exchange.response.end(last)
    this.close()
  }

  /** Ends a started stream with an error event, which clients raise; otherwise lets `respond` send an error response. `body` is JSON. */
  fail(status: number, body: string, respond: () => void): void {
    if (!this.#isStarted) return respond()
    this.failWith(status, `data: ${body}\n\n`)
  }

  /** Ends a started stream with these bytes; it counts as failed with `status`. */
  failWith(status: number, last: string): void {
    if (this.#isOver) return
    if (!this.#exchange.response.destroyed) {
      this.#start()
      this.#exchange.response.end(last)
    }
    this.#over(status)
  }

  /** For a client that is gone. */
  close(): void {
    this.#over(this.#exchange.response.writableEnded ? 200 : clientClosedStatus)
  }

  #start(): void {
    if (this.#isStarted) return
    this.#isStarted = true
    const { response } = this.#exchange
    this.#exchange.countStream()
    response.on('drain', () => this.#source.resume())
    response.writeHead(200, [
      ...this.#exchange.headers(this.#contentType),
      'cache-control',
      'no-cache',
      // Proxies such as nginx would otherwise hold events back.
      'x-accel-buffering',
      'no',
      ...this.headers,
    ])
  }

  #over(status: number): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#exchange.count(status)
  }
}

const clientClosedStatus = 499
