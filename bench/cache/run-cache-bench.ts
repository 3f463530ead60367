import type { BenchTable } from '../bench-table.ts'
import { timeWays } from '../timing.ts'
import { answers, dimensions, exactWays, semanticWays } from './cache-looks.ts'
import { measureHits, type Hits } from './measure-hits.ts'

const exactTarget = 4
const semanticTarget = 2
const hitTarget = 2

/** What a hit costs over HTTP beside a bare proxy, and what the looks cost beside a bare map and bare products. */
export async function runCacheBench(): Promise<BenchTable> {
  const exact = timeWays(await exactWays(), { rounds: 15, count: 20_000 })
  const semantic = timeWays(semanticWays(), { rounds: 15, count: 20 })
  return describe(exact, semantic, await measureHits())
}

type Times = ReadonlyMap<string, number>

function describe(exact: Times, semantic: Times, hits: Hits): BenchTable {
  const us = (times: Times, name: string) => times.get(name) ?? Number.NaN
  const cpu = (name: string) => hits.get(name)?.cpuUs ?? Number.NaN
  const rate = (name: string) => Math.round(hits.get(name)?.perSecond ?? Number.NaN).toLocaleString('en')
  const exactRatio = us(exact, 'exact') / us(exact, 'bare map')
  const semanticRatio = us(semantic, 'semantic') / us(semantic, 'bare products')
  const hitRatio = cpu('ratchet') / cpu('bare proxy')
  const row = (name: string, value: number, ratio: number, perSecond = '') => [
    name,
    value.toFixed(1),
    ratio.toFixed(2),
    perSecond,
  ]
  return {
    title: `The cache with ${answers.toLocaleString('en')} answers`,
    columns: ['way', 'µs', 'ratio', 'requests/s'],
    rows: [
      row('bare proxy that asks the provider, CPU', cpu('bare proxy'), 1, rate('bare proxy')),
      row('hit over HTTP, CPU', cpu('ratchet'), hitRatio, rate('ratchet')),
      row('look: SHA-256 of the bytes, bare Map', us(exact, 'bare map'), 1),
      row('look: exact, with canonical key and freshness', us(exact, 'exact'), exactRatio),
      row(`look: bare products of ${dimensions} numbers each`, us(semantic, 'bare products'), 1),
      row('look: semantic, with guard', us(semantic, 'semantic'), semanticRatio),
    ],
    notes: [
      'Half-kilobyte requests, 1 KB answers. Looks are at requests that are parsed already, as on the request path. Interleaved; medians.',
    ],
    checks: [
      check('CPU of a hit against a bare proxy', hitRatio, hitTarget),
      check('exact look against a bare map', exactRatio, exactTarget),
      check('semantic look against the bare products', semanticRatio, semanticTarget),
    ],
  }
}

function check(name: string, ratio: number, target: number): BenchTable['checks'][number] {
  return { name, value: `${ratio.toFixed(2)} times`, target: `<= ${target} times`, passed: ratio <= target }
}
