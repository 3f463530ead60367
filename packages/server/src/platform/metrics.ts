/** Label values of one measurement. Few and bounded: never ids or user text. */
export type Labels = Readonly<Record<string, string>>

type Metric = {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly lines: () => string[]
}

export type Counter = { readonly add: (labels?: Labels, by?: number) => void }
export type Gauge = { readonly set: (value: number, labels?: Labels) => void }
export type Histogram = { readonly observe: (value: number, labels?: Labels) => void }

/** Prometheus metrics of one process. */
export type Metrics = {
  readonly counter: (name: string, help: string) => Counter
  readonly gauge: (name: string, help: string) => Gauge
  /** Read when `/metrics` is read: for what is known anyway, such as queue lengths. */
  readonly gaugeFrom: (name: string, help: string, read: () => number) => void
  /** `buckets` are upper bounds, ascending; seconds unless the name says otherwise. */
  readonly histogram: (name: string, help: string, buckets?: readonly number[]) => Histogram
  /** The text of `GET /metrics` (Prometheus exposition format 0.0.4). */
  readonly print: () => string
}

export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8'
const defaultBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Makes an empty registry. A name may be registered once. */
export function makeMetrics(): Metrics {
  const metrics = new Map<string, Metric>()
  const register = (name: string, metric: Metric) => {
    if (!/^[a-z_][a-z0-9_]*$/.test(name)) throw new Error(`"${name}" is not a metric name.`)
    if (metrics.has(name)) throw new Error(`The metric "${name}" is registered twice.`)
    metrics.set(name, metric)
  }
  const values = (name: string, kind: 'counter' | 'gauge', help: string) => {
    const byLabels = new Map<string, number>()
    register(name, {
      kind,
      help,
      lines: () => [...byLabels].map(([labels, value]) => `${name}${labels} ${value}`),
    })
    return byLabels
  }
  return {
    counter: (name, help) => {
      const byLabels = values(name, 'counter', help)
      return {
        add: (labels = {}, by = 1) => {
          const key = printLabels(labels)
          byLabels.set(key, (byLabels.get(key) ?? 0) + by)
        },
      }
    },
    gauge: (name, help) => {
      const byLabels = values(name, 'gauge', help)
      return { set: (value, labels = {}) => void byLabels.set(printLabels(labels), value) }
    },
    gaugeFrom: (name, help, read) =>
      register(name, { kind: 'gauge', help, lines: () => [`${name} ${read()}`] }),
    histogram: (name, help, buckets = defaultBuckets) => {
      const byLabels = new Map<string, { labels: Labels; counts: number[]; sum: number; count: number }>()
      register(name, {
        kind: 'histogram',
        help,
        lines: () => [...byLabels.values()].flatMap((each) => printHistogram(name, buckets, each)),
      })
      return {
        observe: (value, labels = {}) => {
          const key = printLabels(labels)
          const entry = byLabels.get(key) ?? { labels, counts: buckets.map(() => 0), sum: 0, count: 0 }
          byLabels.set(key, entry)
          const index = buckets.findIndex((bound) => value <= bound)
          if (index >= 0) entry.counts[index] = (entry.counts[index] ?? 0) + 1
          entry.sum += value
          entry.count += 1
        },
      }
    },
    print: () =>
      [...metrics]
        .flatMap(([name, { kind, help, lines }]) => [
          `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
          `# TYPE ${name} ${kind}`,
          ...lines(),
        ])
        .map((line) => `${line}\n`)
        .join(''),
  }
}

function printHistogram(
  name: string,
  buckets: readonly number[],
  entry: { labels: Labels; counts: readonly number[]; sum: number; count: number },
): string[] {
  let total = 0
  const lines = buckets.map((bound, index) => {
    total += entry.counts[index] ?? 0
    return `${name}_bucket${printLabels({ ...entry.labels, le: String(bound) })} ${total}`
  })
  const labels = printLabels(entry.labels)
  return [
    ...lines,
    `${name}_bucket${printLabels({ ...entry.labels, le: '+Inf' })} ${entry.count}`,
    `${name}_sum${labels} ${entry.sum}`,
    `${name}_count${labels} ${entry.count}`,
  ]
}

function printLabels(labels: Labels): string {
  const names = Object.keys(labels).sort()
  if (names.length === 0) return ''
  const escape = (value: string) =>
    value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
  return `{${names.map((name) => `${name}="${escape(labels[name] ?? '')}"`).join(',')}}`
}
