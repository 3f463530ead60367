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
const latencies: number[] = []
let errors = 0
const idle: Connection[] = []
const due: number[] = []
let isOver = false
const startMs = performance.now()
const measuredFromMs = startMs + (plan.warmUpMs ?? 0)
const endMs = measuredFromMs + plan.seconds * 1000

/** One socket; understands as much HTTP as the answers of this bench need. */
class Connection {
  readonly #socket: Socket
  #dueMs = 0
  #received = ''

  constructor() {
    this.#socket = connect(plan.port, '127.0.0.1', () => this.#free())
    this.#socket.setNoDelay(true)
    this.#socket.setEncoding('latin1')
    this.#socket.on('data', (text: string) => this.#take(text))
    this.#socket.on('error', () => (errors += 1))
  }

  send(dueMs: number): void {
    this.#dueMs = dueMs
    this.#received = ''
    this.#socket.write(message)
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(text: string): void {
    this.#received += text
    const head = this.#received.indexOf('\r\n\r\n')
    if (head === -1) return
    const length = /content-length: (\d+)/i.exec(this.#received.slice(0, head))?.[1]
    const isWhole =
      length === undefined
        ? this.#received.endsWith('0\r\n\r\n')
        : this.#received.length >= head + 4 + Number(length)
    if (!isWhole) return
    if (!this.#received.startsWith('HTTP/1.1 200')) errors += 1
    if (this.#dueMs >= measuredFromMs) latencies.push(performance.now() - this.#dueMs)
    this.#free()
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
  setTimeout(pace, plan.rate > 0 ? 0 : 20)
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
