import type { BenchTable } from './bench-table.ts'

/** Every benchmark; loaded only when it runs, because some start whole engines. */
export const benches: readonly {
  readonly name: string
  readonly says: string
  /** Runs only when it is named. */
  readonly isLong?: boolean
  readonly run: () => Promise<BenchTable>
}[] = [
  {
    name: 'gateway',
    says: 'requests per second and latency against a bare proxy, Portkey and LiteLLM',
    run: async () => (await import('./gateway/run-gateway-bench.ts')).runGatewayBench(),
  },
  {
    name: 'gateway-paths',
    says: 'streams, large requests and translation against a bare proxy',
    run: async () => (await import('./gateway/run-paths-bench.ts')).runPathsBench(),
  },
  {
    name: 'gateway-streams',
    says: 'time to the first token, and memory of 2,000 open streams',
    run: async () => (await import('./gateway/run-streams-bench.ts')).runStreamsBench(),
  },
  {
    name: 'gateway-soak',
    says: 'memory over ten minutes of steady mixed load; only when named',
    isLong: true,
    run: async () => (await import('./gateway/run-soak-bench.ts')).runSoakBench(),
  },
  {
    name: 'cache',
    says: 'hits against a bare proxy, looks against a bare map and bare products',
    run: async () => (await import('./cache/run-cache-bench.ts')).runCacheBench(),
  },
  {
    name: 'guardrails',
    says: 'local detectors against a plain regular expression',
    run: async () => (await import('./guardrails/run-guardrails-bench.ts')).runGuardrailsBench(),
  },
  {
    name: 'retrieval',
    says: 'searches of 5,000 chunks against bare scans',
    run: async () => (await import('./retrieval/run-retrieval-bench.ts')).runRetrievalBench(),
  },
  {
    name: 'limits',
    says: 'time that limits and budgets add to a call',
    run: async () => (await import('./limits/run-limits-bench.ts')).runLimitsBench(),
  },
  {
    name: 'spool',
    says: 'spans to disk against bare writes',
    run: async () => (await import('./telemetry/spool-append.ts')).runSpoolAppendBench(),
  },
  {
    name: 'spans',
    says: 'span writes per second against raw inserts of the same rows',
    run: async () => (await import('./telemetry/span-writes.ts')).runSpanWritesBench(),
  },
  {
    name: 'traces-page',
    says: 'the traces page over a million spans',
    run: async () => (await import('./telemetry/traces-page.ts')).runTracesPageBench(),
  },
  {
    name: 'start-up',
    says: 'time until everything answers, and idle memory',
    run: async () => (await import('./startup/start-up.ts')).runStartUpBench(),
  },
]
