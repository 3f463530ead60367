import { beforeAll, expect, test } from 'vitest'
import type { Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import { eachClickhouse } from '#platform/testing/engines.ts'
import { countTerms } from './analyse-chunk.ts'
import {
  countChunks,
  insertChunks,
  readChunks,
  searchHybrid,
  searchLexical,
  searchSemantic,
  type StoredChunk,
} from './chunk-store.ts'
import { retrievalColumnarMigrations } from './tables.ts'

const ours = '0192aaaa-0000-7000-8000-000000000001'
const theirs = '0192aaaa-0000-7000-8000-000000000002'
const version = 'a'.repeat(64)
const other = 'b'.repeat(64)

const chunkOf = (number: number, text: string, embedding: number[]): StoredChunk => ({
  number,
  path: `${number}.md`,
  title: 'T',
  heading: '',
  text,
  start: 0,
  end: text.length,
  // The reference vector counts every word: no stop words, no stems.
  analysis: countTerms(text.split(' ')),
  embedding,
})
const reference = [
  chunkOf(0, 'the cat likes mice', [1, 0, 0]),
  chunkOf(1, 'mice are afraid of dogs', [0.6, 0.8, 0]),
  chunkOf(2, 'i have two dogs and a cat and a cat', [0, 0, 1]),
]

eachClickhouse((open) => {
  let engine: Clickhouse
  beforeAll(async () => {
    engine = await open(retrievalColumnarMigrations)
    await insertChunks(engine, { project: ours, version }, reference)
    await insertChunks(engine, { project: ours, version: other }, [chunkOf(0, 'cat cat cat', [1, 0, 0])])
    await insertChunks(engine, { project: theirs, version }, [chunkOf(7, 'cat mice', [1, 0, 0])])
  })
  const mine = () => engine.forProject(ours)

  test('BM25 in SQL matches the reference vector', async () => {
    const hits = await searchLexical(mine(), { version, terms: ['cat', 'mice'], depth: 10 })
    expect(hits.map((hit) => hit.chunk)).toEqual([0, 2, 1])
    const [first, third, second] = hits.map((hit) => hit.score)
    expect(first).toBeCloseTo(1.106825, 6)
    expect(second).toBeCloseTo(0.514297, 6)
    expect(third).toBeCloseTo(0.555761, 6)
  })

  test('a repeated query term counts once, unknown terms and no terms find nothing', async () => {
    const once = await searchLexical(mine(), { version, terms: ['cat'], depth: 10 })
    expect(await searchLexical(mine(), { version, terms: ['cat', 'cat', 'zebra'], depth: 10 })).toEqual(once)
    expect(await searchLexical(mine(), { version, terms: ['zebra'], depth: 10 })).toEqual([])
    expect(await searchLexical(mine(), { version, terms: [], depth: 10 })).toEqual([])
  })

  test('vectors are compared exactly, within one version of one project', async () => {
    const hits = await searchSemantic(mine(), { version, vector: [1, 0, 0], depth: 2 })
    expect(hits.map((hit) => hit.chunk)).toEqual([0, 1])
    expect(hits[0]?.score).toBeCloseTo(1, 6)
    expect(hits[1]?.score).toBeCloseTo(0.6, 6)
    expect(await searchSemantic(mine(), { version, vector: [0, 0, 0], depth: 5 })).toEqual([])
    const foreign = await searchSemantic(engine.forProject(theirs), { version, vector: [1, 0, 0], depth: 9 })
    expect(foreign.map((hit) => hit.chunk)).toEqual([7])
  })

  test('hybrid search fuses the ranks of both', async () => {
    const hits = await searchHybrid(mine(), {
      version,
      terms: ['cat', 'mice'],
      vector: [0.6, 0.8, 0],
      depth: 10,
      top: 3,
    })
    // Lexical ranks: 0, 2, 1; semantic ranks: 1, 0, 2.
    const expected = new Map([
      [0, 1 / 61 + 1 / 62],
      [1, 1 / 63 + 1 / 61],
      [2, 1 / 62 + 1 / 63],
    ])
    expect(hits.map((hit) => hit.chunk)).toEqual([0, 1, 2])
    for (const hit of hits) expect(hit.score).toBeCloseTo(expected.get(hit.chunk) ?? 0, 9)
    expect(1 / 61 + 1 / 63).toBeCloseTo(0.032266, 6)
  })

  test('a batch that is stored again is stored once, and chunks come back in the order asked for', async () => {
    await insertChunks(engine, { project: ours, version }, reference)
    expect(await countChunks(mine(), { version })).toBe(3)
    expect((await readChunks(mine(), { version }, [2, 0])).map((chunk) => chunk.path)).toEqual([
      '2.md',
      '0.md',
    ])
  })

  test('a plain count after a vector search is still right', async () => {
    await searchSemantic(mine(), { version, vector: [0, 1, 0], depth: 1 })
    expect(await countChunks(mine(), { version })).toBe(3)
  })
})
