// Streams over raw keep-alive sockets, one after another on each. Tells whether each came whole, and when it began.
// One argument: JSON of StreamPlan. Prints JSON of StreamResult.
import { connect } from 'node:net'

export type StreamPlan = {
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly connections: number
  readonly streamsEach: number
  /** Time over which the connections are opened. */
  readonly rampMs: number
}

export type StreamResult = {
  /** Answered with 200 and ended by `[DONE]`. */
  readonly completed: number
  /** Cut, refused, or without an ending. */
  readonly failed: number
  /** Streams that had begun and were running at the same moment. */
  readonly mostOpen: number
  readonly firstTokenP50Ms: number
  readonly firstTokenP99Ms: number
}

const plan = JSON.parse(process.argv[2] ?? '{}') as StreamPlan
const message = Buffer.from(
  `POST ${plan.path} HTTP/1.1\r\nhost: 127.0.0.1:${plan.port}\r\ncontent-length: ${Buffer.byteLength(plan.body)}\r\n${Object.entries(
    plan.headers,
  )
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n${plan.body}`,
)
const firstTokensMs: number[] = []
let completed = 0
let failed = 0
let open = 0
let mostOpen = 0
let waiting = plan.connections

for (let index = 0; index < plan.connections; index++)
  setTimeout(runConnection, (index * plan.rampMs) / plan.connections)

function runConnection(): void {
  const socket = connect(plan.port, '127.0.0.1')
  let left = plan.streamsEach
  let sentMs = 0
  let hasBegun = false
  // What was received last is enough to see the beginning and the ending.
  let tail = ''
  const send = (): void => {
    hasBegun = false
    tail = ''
    sentMs = performance.now()
    socket.write(message)
  }
  const close = (): void => {
    if (hasBegun) open -= 1
    failed += left
    left = 0
    socket.destroy()
    waiting -= 1
    if (waiting === 0) finish()
  }
  socket.setNoDelay(true)
  socket.setEncoding('latin1')
  socket.once('connect', send)
  socket.on('error', () => socket.destroy())
  socket.once('close', close)
  socket.on('data', (text: string) => {
    tail = (tail + text).slice(-4096)
    if (!hasBegun) {
      if (!tail.includes('data: ')) return
      if (!tail.startsWith('HTTP/1.1 200')) return void socket.destroy()
      hasBegun = true
      firstTokensMs.push(performance.now() - sentMs)
      open += 1
      mostOpen = Math.max(mostOpen, open)
    }
    if (!tail.endsWith('\r\n0\r\n\r\n')) return
    open -= 1
    hasBegun = false
    left -= 1
    if (tail.includes('data: [DONE]')) completed += 1
    else failed += 1
    if (left > 0) send()
    else socket.destroy()
  })
}

function finish(): void {
  firstTokensMs.sort((a, b) => a - b)
  const at = (share: number) => firstTokensMs[Math.floor((firstTokensMs.length - 1) * share)] ?? Number.NaN
  const result: StreamResult = {
    completed,
    failed,
    mostOpen,
    firstTokenP50Ms: at(0.5),
    firstTokenP99Ms: at(0.99),
  }
  process.stdout.write(JSON.stringify(result))
}
