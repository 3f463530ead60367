// Preloaded into the gateway of the soak: appends a line of JSON with its memory, in bytes, each second.
import { appendFile } from 'node:fs'

const file = process.env['BENCH_MEMORY_FILE'] ?? ''

/** One sample of a process. */
export type MemorySample = {
  readonly atMs: number
  readonly rss: number
  readonly heapUsed: number
  readonly external: number
  readonly arrayBuffers: number
}

setInterval(() => {
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage()
  const sample: MemorySample = { atMs: Date.now(), rss, heapUsed, external, arrayBuffers }
  appendFile(file, `${JSON.stringify(sample)}\n`, () => {})
}, 1_000).unref()
