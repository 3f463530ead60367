// A steady mix of calls to our gateway: plain, streamed, broken off by the client, refused by the provider or by us.
// One argument: JSON of MixPlan. Prints JSON of MixResult.
import { Pool, type Dispatcher } from 'undici'

export type MixPlan = {
  readonly port: number
  readonly authorization: string
  /** Calls per second. */
  readonly rate: number
  readonly seconds: number
}

export type MixResult = {
  readonly calls: number
  /** Calls that the plan had no connection left for, or that a pause of this process swallowed. */
  readonly skipped: number
  /** Calls with another status than their kind has, by kind. */
  readonly unexpected: Readonly<Record<string, number>>
}

type Kind = {
  readonly name: string
  /** Calls of a hundred. */
  readonly share: number
  readonly connection: string
  readonly isStream?: boolean
  readonly isBrokenOff?: boolean
  readonly authorization?: string
  readonly statuses: readonly number[]
}

const kinds: readonly Kind[] = [
  { name: 'plain', share: 74, connection: 'bench', statuses: [200] },
  { name: 'stream', share: 14, connection: 'bench', isStream: true, statuses: [200] },
  {
    name: 'broken off',
    share: 4,
    connection: 'drip-5',
    isStream: true,
    isBrokenOff: true,
    statuses: [200],
  },
  { name: 'refused by the provider', share: 3, connection: 'status-400', statuses: [400] },
  // Tried again, until the circuit breaker answers for the provider.
  { name: 'failing provider', share: 1, connection: 'status-500', statuses: [500, 502, 503] },
  { name: 'wrong key', share: 4, connection: 'bench', authorization: 'Bearer rk_none_0', statuses: [401] },
]
const order = kinds
  .flatMap((kind) =>
    Array.from({ length: kind.share }, (_, index) => ({ kind, place: (index + 0.5) / kind.share })),
  )
  .toSorted((a, b) => a.place - b.place)
  .map(({ kind }) => kind)

const plan = JSON.parse(process.argv[2] ?? '{}') as MixPlan
const maxRunning = 256
const pool = new Pool(`http://127.0.0.1:${plan.port}`, { connections: maxRunning, pipelining: 1 })
const unexpected: Record<string, number> = {}
let calls = 0
let running = 0

class Answer implements Dispatcher.DispatchHandler {
  readonly #kind: Kind
  #isOver = false

  constructor(kind: Kind) {
    this.#kind = kind
    running += 1
  }

  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    if (!this.#kind.statuses.includes(status)) this.#count(`${this.#kind.name}: ${status}`)
  }

  onResponseData(controller: Dispatcher.DispatchController): void {
    if (this.#kind.isBrokenOff === true) controller.abort(new Error('enough'))
  }

  onResponseEnd(): void {
    this.#end()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (error.message !== 'enough') this.#count(`${this.#kind.name}: ${error.message}`)
    this.#end()
  }

  #count(name: string): void {
    unexpected[name] = (unexpected[name] ?? 0) + 1
  }

  #end(): void {
    if (!this.#isOver) running -= 1
    this.#isOver = true
  }
}

function call(): void {
  const kind = order[calls % order.length]
  if (kind === undefined) return
  calls += 1
  const body = JSON.stringify({
    model: `${kind.connection}/bench-model`,
    messages: [{ role: 'user', content: `Question ${calls}: ${'what does the gateway do? '.repeat(12)}` }],
    user: `user-${calls % 5_000}`,
    ...(kind.isStream === true ? { stream: true } : {}),
  })
  pool.dispatch(
    {
      path: '/v1/chat/completions',
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: kind.authorization ?? plan.authorization,
      },
      body,
    },
    new Answer(kind),
  )
}

const startMs = performance.now()
let skipped = 0
const tickMs = 10

function tick(): void {
  const elapsedMs = performance.now() - startMs
  if (elapsedMs >= plan.seconds * 1000) return finish()
  const due = Math.floor((elapsedMs / 1000) * plan.rate) - calls - skipped
  // A process that was held up does not make up for it with a burst: the load is steady.
  const send = Math.min(due, Math.ceil((plan.rate * 10 * tickMs) / 1000), maxRunning - running)
  for (let index = 0; index < send; index++) call()
  skipped += Math.max(0, due - Math.max(0, send))
  setTimeout(tick, tickMs)
}

function finish(): void {
  const result: MixResult = { calls, skipped, unexpected }
  process.stdout.write(JSON.stringify(result))
  process.exit(0)
}
tick()
