import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, type BenchTable } from '../bench-table.ts'
import { measureThroughput, type Candidate, type Measured } from './measure.ts'
import type { PinnedProcess } from './pinned-process.ts'
import { startServers } from './start-servers.ts'

const connections = 16
const rounds = 3
const seconds = 3

/** A kind of request; `model` is what our gateway is asked, `isOurs` when the bare proxy cannot do it. */
type Path = {
  readonly name: string
  readonly model: string
  readonly content: string
  readonly isStream?: boolean
  readonly isOurs?: boolean
}

const paths: readonly Path[] = [
  { name: 'stream of 20 events', model: 'bench/bench-model', content: 'Hello. '.repeat(40), isStream: true },
  { name: '300 KB request', model: 'bench/bench-model', content: 'All work and no play. '.repeat(13_700) },
  { name: 'OpenAI to Anthropic', model: 'claude/bench-model', content: 'Hello. '.repeat(40), isOurs: true },
]

/** What streams, large requests and translation cost our gateway beside a bare proxy that only passes bytes. */
export async function runPathsBench(): Promise<BenchTable> {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-bench-'))
  const started: PinnedProcess[] = []
  try {
    const { candidates } = await startServers({ folder, started })
    const measured = new Map<string, Measured[]>()
    for (let round = 0; round <= rounds; round++) {
      for (const path of paths) {
        for (const candidate of candidates) {
          if (path.isOurs === true && candidate.name !== 'ratchet') continue
          const one = await measureThroughput(candidate, {
            connections,
            seconds,
            folder,
            body: bodyOf(path, candidate),
          })
          // The first round warms up.
          if (round > 0)
            measured.set(keyOf(path, candidate.name), [
              ...(measured.get(keyOf(path, candidate.name)) ?? []),
              one,
            ])
        }
      }
    }
    return describe(measured)
  } finally {
    await Promise.all(started.map((process) => process.stop()))
    rmSync(folder, { recursive: true, force: true })
  }
}

function keyOf(path: Path, candidate: string): string {
  return `${path.name} ${candidate}`
}

function bodyOf(path: Path, candidate: Candidate): string {
  return JSON.stringify({
    model: candidate.name === 'ratchet' ? path.model : 'bench-model',
    messages: [{ role: 'user', content: path.content }],
    ...(path.isStream === true ? { stream: true } : {}),
  })
}

function describe(measured: ReadonlyMap<string, readonly Measured[]>): BenchTable {
  const rate = (path: Path, name: string) =>
    median((measured.get(keyOf(path, name)) ?? []).map(({ perSecond }) => perSecond))
  const cpu = (path: Path, name: string) =>
    median(
      (measured.get(keyOf(path, name)) ?? []).flatMap(({ cpuUs }) => (cpuUs === undefined ? [] : [cpuUs])),
    )
  const number = (value: number, digits = 0) =>
    Number.isNaN(value)
      ? '–'
      : value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits })
  const errors = [...measured.values()].flat().reduce((sum, { errors: count }) => sum + count, 0)
  const [stream, large, translated] = paths
  if (stream === undefined || large === undefined || translated === undefined)
    throw new Error('a path is missing')
  const streamCpu = cpu(stream, 'ratchet') / cpu(stream, 'bare proxy')
  const largeCpu = cpu(large, 'ratchet') / cpu(large, 'bare proxy')
  const check = (name: string, value: string, target: string, passed: boolean) => ({
    name,
    value,
    target,
    passed,
  })
  return {
    title: 'Streams, large requests and translation on one core',
    columns: ['request', 'bare requests/s', 'ratchet requests/s', 'bare CPU µs', 'ratchet CPU µs'],
    rows: paths.map((path) => [
      path.name,
      number(rate(path, 'bare proxy')),
      number(rate(path, 'ratchet')),
      number(cpu(path, 'bare proxy'), 1),
      number(cpu(path, 'ratchet'), 1),
    ]),
    notes: [
      `${connections} connections, medians of ${rounds} rounds of ${seconds} s after one to warm up; ${errors} errors.`,
    ],
    checks: [
      check(
        'CPU of a stream against the bare proxy',
        `${streamCpu.toFixed(2)} times`,
        '<= 1.15 times',
        streamCpu <= 1.15,
      ),
      check(
        '300 KB requests per second',
        number(rate(large, 'ratchet')),
        '>= 1,000',
        rate(large, 'ratchet') >= 1_000,
      ),
      check(
        'CPU of a 300 KB request against the bare proxy',
        `${largeCpu.toFixed(2)} times`,
        '<= 2 times',
        largeCpu <= 2,
      ),
      check(
        'translated requests per second',
        number(rate(translated, 'ratchet')),
        '>= 1,500',
        rate(translated, 'ratchet') >= 1_500,
      ),
    ],
  }
}
