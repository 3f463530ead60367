// Load over raw keep-alive sockets: as fast as answers come, or at a fixed rate with latency from the moment a call was due.
// One argument: JSON of LoadPlan. Prints JSON of LoadResult.
import { connect, type Socket } from 'node:net'

export type LoadPlan = {
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly connections: number
  readonly seconds: number
  /** Calls per second; 0: the next call as soon as one ends. */
  readonly rate: number
  /** Calls of the first moments are not measured: connections open and code is compiled in them. 0 when absent. */
  readonly warmUpMs?: number
}

export type LoadResult = {
  readonly requests: number
  readonly errors: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

const plan = JSON.parse(process.argv[2] ?? '{}') as LoadPlan
const message = Buffer.from(
  `POST ${plan.path} HTTP/1.1\r\nhost: 127.0.0.1:${plan.port}\r\ncontent-length: ${Buffer.byteLength(plan.body)}\r\n${Object.entries(
    plan.headers,
  )
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n${plan.body}`,
)
/** So short that calls go out one by one, so long that the provider on the same core gets its time. */
const napMs = 0.03
const sleeper = new Int32Array(new SharedArrayBuffer(4))
const latencies: number[] = []
let errors = 0
const idle: Connection[] = []
const due: number[] = []
let isOver = false
const startMs = performance.now()
const measuredFromMs = startMs + (plan.warmUpMs ?? 0)
const endMs = measuredFromMs + plan.seconds * 1000

const okStatus = Buffer.from('HTTP/1.1 200')
const emptyLine = Buffer.from('\r\n\r\n')
const lastChunk = Buffer.from('0\r\n\r\n')

/** One socket; understands as much HTTP as the answers of this bench need, and makes next to no garbage. */
class Connection {
  readonly #socket: Socket
  #dueMs = 0
  #receivedBytes = 0
  /** Of the whole answer; 0 while it is not known, or when it comes in chunks. */
  #totalBytes = 0

  constructor() {
    const buffer = Buffer.allocUnsafeSlow(64 * 1024)
    this.#socket = connect({
      port: plan.port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer,
        callback: (size) => {
          this.#take(buffer.subarray(0, size))
          return true
        },
      },
    })
    this.#socket.on('connect', () => this.#free())
    this.#socket.on('error', () => (errors += 1))
  }

  send(dueMs: number): void {
    this.#dueMs = dueMs
    this.#receivedBytes = 0
    this.#socket.write(message)
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(part: Buffer): void {
    if (this.#receivedBytes === 0) this.#begin(part)
    this.#receivedBytes += part.length
    const isWhole =
      this.#totalBytes === 0
        ? part.subarray(-lastChunk.length).equals(lastChunk)
        : this.#receivedBytes >= this.#totalBytes
    if (!isWhole) return
    if (this.#dueMs >= measuredFromMs) latencies.push(performance.now() - this.#dueMs)
    this.#free()
  }

  /** The head of an answer comes in one piece on this machine. */
  #begin(part: Buffer): void {
    if (part.compare(okStatus, 0, okStatus.length, 0, okStatus.length) !== 0) errors += 1
    const headBytes = part.indexOf(emptyLine) + emptyLine.length
    const length = /content-length: (\d+)/i.exec(part.toString('latin1', 0, headBytes))?.[1]
    this.#totalBytes = length === undefined ? 0 : headBytes + Number(length)
  }

  #free(): void {
    if (isOver) return
    if (plan.rate === 0) return this.send(performance.now())
    const next = due.shift()
    if (next === undefined) idle.push(this)
    else this.send(next)
  }
}

const connections = Array.from({ length: plan.connections }, () => new Connection())
let sent = 0

function pace(): void {
  const nowMs = performance.now()
  if (nowMs >= endMs) return finish()
  if (plan.rate > 0) {
    while (startMs + (sent * 1000) / plan.rate <= nowMs) {
      sent += 1
      // A free connection: the delay of this loop's own timer is not the server's.
      const free = idle.pop()
      if (free === undefined) due.push(nowMs)
      else free.send(performance.now())
    }
  }
  if (plan.rate === 0) setTimeout(pace, 20)
  else {
    // A timer of Node would send what is due in a millisecond at once: a queue that no caller makes.
    Atomics.wait(sleeper, 0, 0, napMs)
    setImmediate(pace)
  }
}

function finish(): void {
  isOver = true
  for (const connection of connections) connection.close()
  latencies.sort((a, b) => a - b)
  const at = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0
  const result: LoadResult = {
    requests: latencies.length,
    errors,
    perSecond: latencies.length / ((performance.now() - measuredFromMs) / 1000),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  }
  process.stdout.write(JSON.stringify(result))
  process.exit(0)
}
pace()
