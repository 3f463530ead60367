import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { embedText } from '../../packages/core/src/retrieval/index.ts'
import { analyseChunk } from '../../packages/server/src/features/retrieval/analyse-chunk.ts'
import {
  insertChunks,
  readChunks,
  searchHybrid,
  searchLexical,
  searchSemantic,
  type StoredChunk,
} from '../../packages/server/src/features/retrieval/chunk-store.ts'
import { retrievalColumnarMigrations } from '../../packages/server/src/features/retrieval/index.ts'
import { openClickhouse } from '../../packages/server/src/platform/clickhouse/open-clickhouse.ts'
import type { ProjectQueries } from '../../packages/server/src/platform/clickhouse/project-queries.ts'
import { silentLog } from '../../packages/server/src/platform/log.ts'
import { median, type BenchTable } from '../bench-table.ts'

const project = '00000000-0000-4000-8000-000000000001'
const version = 'a'.repeat(64)
const chunks = 5_000
const rounds = 40
const targetMs = 50
const subjects = 'gateway cache route key budget span trace prompt index release policy alert'.split(' ')
const verbs = 'keeps counts shows refuses ships forgets checks compares restores limits'.split(' ')

/** Searches of an index of 5,000 chunks beside the bare reading of the same columns in the same engine. */
export async function runRetrievalBench(): Promise<BenchTable> {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-bench-'))
  const clickhouse = await openClickhouse({
    folder: join(folder, 'clickhouse'),
    migrations: retrievalColumnarMigrations,
    log: silentLog,
  })
  try {
    for (let from = 0; from < chunks; from += 500)
      await insertChunks(
        clickhouse,
        { project, version },
        Array.from({ length: 500 }, (_, index) => chunkOf(from + index)),
      )
    return describe(await measure(waysOf(clickhouse.forProject(project))))
  } finally {
    await clickhouse.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

type Search = {
  readonly name: string
  readonly search: () => Promise<unknown[]>
  readonly scan: () => Promise<unknown[]>
}

function waysOf(queries: ProjectQueries): Search[] {
  const query = 'how does the gateway restore a budget after topic42'
  const terms = [...analyseChunk({ title: '', heading: '', text: query }).counts.keys()]
  const vector = [...embedText(query)]
  const hybrid = () => searchHybrid(queries, { version, terms, vector, depth: 50, top: 8 })
  const where = 'project = {project:UUID} AND version = {version:String}'
  // As little as the engine can do that has to look at all of it.
  const scanPostings = () =>
    queries.raw(
      `SELECT sum(tf), sum(terms) FROM index_postings WHERE ${where} AND term IN {query_terms:Array(String)}`,
      { version, query_terms: terms },
    )
  const scanVectors = () =>
    queries.raw(`SELECT max(embedding[1]) FROM index_chunks WHERE ${where}`, { version })
  return [
    {
      name: 'BM25',
      search: () => searchLexical(queries, { version, terms, depth: 8 }),
      scan: scanPostings,
    },
    {
      name: 'vectors',
      search: () => searchSemantic(queries, { version, vector, depth: 8 }),
      scan: scanVectors,
    },
    {
      name: 'hybrid',
      search: hybrid,
      scan: async () => [await scanPostings(), await scanVectors()],
    },
    {
      name: 'hybrid, with texts',
      search: async () =>
        readChunks(
          queries,
          { version },
          (await hybrid()).map(({ chunk }) => chunk),
        ),
      scan: async () => [await scanPostings(), await scanVectors()],
    },
  ]
}

type Timed = {
  readonly name: string
  readonly searchMs: readonly number[]
  readonly scanMs: readonly number[]
}

async function measure(ways: readonly Search[]): Promise<Timed[]> {
  const timed = ways.map(({ name }) => ({ name, searchMs: [] as number[], scanMs: [] as number[] }))
  // The first five rounds warm up.
  for (let round = -5; round < rounds; round++) {
    for (const [index, { name, search, scan }] of ways.entries()) {
      const scanMs = await timeOf(scan, name)
      const searchMs = await timeOf(search, name)
      if (round < 0) continue
      timed[index]?.scanMs.push(scanMs)
      timed[index]?.searchMs.push(searchMs)
    }
  }
  return timed
}

async function timeOf(work: () => Promise<unknown[]>, name: string): Promise<number> {
  const startMs = performance.now()
  const found = await work()
  if (found.length === 0) throw new Error(`${name} found nothing`)
  return performance.now() - startMs
}

function describe(timed: readonly Timed[]): BenchTable {
  const high = (values: readonly number[]) =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? Number.NaN
  const whole = median(timed.at(-1)?.searchMs ?? [])
  return {
    title: `Retrieval from ${chunks.toLocaleString('en')} chunks of an index`,
    columns: ['search', 'p50 ms', 'p95 ms', 'bare scan p50 ms', 'ratio'],
    rows: timed.map(({ name, searchMs, scanMs }) => [
      name,
      median(searchMs).toFixed(1),
      high(searchMs).toFixed(1),
      median(scanMs).toFixed(1),
      (median(searchMs) / median(scanMs)).toFixed(1),
    ]),
    notes: [
      `The bare scan reads the same postings and vectors in the same engine and ranks nothing. Interleaved; ${rounds} rounds. Embedding the question is not in it.`,
    ],
    checks: [
      {
        name: 'hybrid search with texts (p50)',
        value: `${whole.toFixed(1)} ms`,
        target: `<= ${targetMs} ms`,
        passed: whole <= targetMs,
      },
    ],
  }
}

function chunkOf(number: number): StoredChunk {
  const sentence = (index: number) =>
    `The ${subjects[(number + index) % subjects.length]} ${verbs[(number * 3 + index) % verbs.length]} topic${(number * 17 + index * 5) % 900} before the ${subjects[(number * 7 + index) % subjects.length]}.`
  const text = Array.from({ length: 14 }, (_, index) => sentence(index)).join(' ')
  const chunk = {
    title: `Page ${number % 400}`,
    heading: `Part ${number % 9}`,
    text,
    start: 0,
    end: text.length,
  }
  return {
    ...chunk,
    number,
    path: `page-${number % 400}.md`,
    analysis: analyseChunk(chunk),
    embedding: [...embedText(text)],
  }
}
