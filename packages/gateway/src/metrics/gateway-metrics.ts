import type { Usage } from '@ratchet/contract'
import { Histogram } from './histogram.ts'

const latencyBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]
const overheadBounds = [0.0001, 0.00025, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5]

type Counted = { readonly route: string; readonly status: number; readonly connection: string; count: number }

/** What the gateway counts about its calls; written on the request path, read by `/metrics`. */
export class GatewayMetrics {
  readonly #requests = new Map<string, Counted>()
  /** The counter of the last request: mostly the next one's too, and then no text has to be made to find it. */
  #last: Counted = { route: '', status: 0, connection: '', count: 0 }
  readonly #tokens = new Map<string, { input: number; output: number; cached: number }>()
  readonly #latency = new Map<string, Histogram>()
  readonly #overhead = new Histogram(overheadBounds)
  readonly #firstToken = new Histogram(latencyBounds)
  activeStreams = 0
  activeRequests = 0
  /** Answers that no check of a cascade let pass and that were given for want of better ones. */
  rejectedAnswers = 0

  /** One finished request; `connection` is empty when it reached none. Times in milliseconds. */
  countRequest(request: {
    readonly route: string
    readonly status: number
    readonly connection: string
    readonly totalMs: number
    /** Absent when no provider was asked. */
    readonly providerMs: number | undefined
  }): void {
    const { route, status, connection, totalMs, providerMs } = request
    const last = this.#last
    const isSame = last.status === status && last.route === route && last.connection === connection
    const counted = isSame ? last : this.#counterOf(route, status, connection)
    counted.count += 1
    this.#last = counted
    let latency = this.#latency.get(route)
    if (latency === undefined) this.#latency.set(route, (latency = new Histogram(latencyBounds)))
    latency.observe(totalMs / 1000)
    if (providerMs !== undefined) this.#overhead.observe(Math.max(0, totalMs - providerMs) / 1000)
  }

  #counterOf(route: string, status: number, connection: string): Counted {
    const key = `${status} ${route} ${connection}`
    let counted = this.#requests.get(key)
    if (counted === undefined) this.#requests.set(key, (counted = { route, status, connection, count: 0 }))
    return counted
  }

  countFirstToken(afterMs: number): void {
    this.#firstToken.observe(afterMs / 1000)
  }

  countTokens(connection: string, usage: Usage): void {
    let tokens = this.#tokens.get(connection)
    if (tokens === undefined) this.#tokens.set(connection, (tokens = { input: 0, output: 0, cached: 0 }))
    tokens.input += usage.inputTokens
    tokens.output += usage.outputTokens
    tokens.cached += usage.cachedInputTokens
  }

  *#tokenLines(): Iterable<readonly [string, number]> {
    for (const [connection, { input, output, cached }] of this.#tokens) {
      if (input > 0) yield [`connection="${connection}",kind="input"`, input]
      if (output > 0) yield [`connection="${connection}",kind="output"`, output]
      if (cached > 0) yield [`connection="${connection}",kind="cached_input"`, cached]
    }
  }

  /** The counters in the Prometheus text format. */
  render(): string {
    const latency = [...this.#latency].map(([route, histogram]) =>
      histogram.render('ratchet_gateway_request_seconds', `route="${route}"`),
    )
    return [
      family('ratchet_gateway_requests_total', 'counter', 'Requests by route, status and connection'),
      lines(
        'ratchet_gateway_requests_total',
        [...this.#requests.values()].map(({ route, status, connection, count }) => [
          `route="${route}",status="${status}",connection="${connection}"`,
          count,
        ]),
      ),
      family('ratchet_gateway_request_seconds', 'histogram', 'Time from request to the end of its response'),
      ...latency,
      family(
        'ratchet_gateway_overhead_seconds',
        'histogram',
        'Request time without the time of the provider',
      ),
      this.#overhead.render('ratchet_gateway_overhead_seconds', ''),
      family('ratchet_gateway_first_token_seconds', 'histogram', 'Time until the first token of a stream'),
      this.#firstToken.render('ratchet_gateway_first_token_seconds', ''),
      family(
        'ratchet_gateway_tokens_total',
        'counter',
        'Tokens by connection and kind; cached is part of input',
      ),
      lines('ratchet_gateway_tokens_total', this.#tokenLines()),
      gauge('ratchet_gateway_active_streams', 'Streams open now', this.activeStreams),
      gauge('ratchet_gateway_active_requests', 'Requests open now', this.activeRequests),
      counter(
        'ratchet_gateway_rejected_answers_total',
        'Answers that a cascade rejected and that were given because no stronger model had one',
        this.rejectedAnswers,
      ),
    ].join('')
  }
}

/** A gauge with its description. */
export function gauge(name: string, help: string, value: number): string {
  return `${family(name, 'gauge', help)}${name} ${value}\n`
}

/** A counter without labels, with its description. */
export function counter(name: string, help: string, value: number): string {
  return `${family(name, 'counter', help)}${name} ${value}\n`
}

/** What Prometheus is told of a name before its values. */
export function family(name: string, type: string, help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`
}

/** One line for each set of labels. */
export function lines(name: string, values: Iterable<readonly [string, number]>): string {
  let text = ''
  for (const [labels, value] of values) text += `${name}{${labels}} ${value}\n`
  return text
}
