import type { Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import type { ProjectQueries, QueryOptions } from '#platform/clickhouse/project-queries.ts'
import type { Analysis } from './analyse-chunk.ts'
import type { Chunk } from './chunk-markdown.ts'

/** A chunk ready to be stored. `number` is its place in the version, from 0. */
export type StoredChunk = Chunk & {
  readonly number: number
  readonly path: string
  readonly analysis: Analysis
  readonly embedding: readonly number[]
}

/** A found chunk: its number and score, best first. */
export type Hit = { readonly chunk: number; readonly score: number }

export type FoundChunk = {
  readonly chunk: number
  readonly path: string
  readonly title: string
  readonly heading: string
  readonly text: string
}

/** Which index version: the project is in the queries. */
type Version = { readonly version: string }

// BM25 as in DESIGN section 7.
const k1 = 1.2
const b = 0.75
const fusionConstant = 60

/** Stores a batch of chunks with their postings; the same batch again stores nothing. */
export async function insertChunks(
  clickhouse: Pick<Clickhouse, 'insert'>,
  key: Version & { project: string },
  chunks: readonly StoredChunk[],
  signal?: AbortSignal,
): Promise<void> {
  const { project, version } = key
  const token = `${project}-${version}-${chunks[0]?.number ?? 0}-${chunks.length}`
  const options = { token, ...(signal ? { signal } : {}) }
  const rows = chunks.map((chunk) => ({
    project,
    version,
    chunk: chunk.number,
    path: chunk.path,
    title: chunk.title,
    heading: chunk.heading,
    start_offset: chunk.start,
    end_offset: chunk.end,
    text: chunk.text,
    terms: chunk.analysis.length,
    embedding: chunk.embedding,
  }))
  const postings = chunks.flatMap(({ number, analysis }) =>
    [...analysis.counts].map(([term, tf]) => ({
      project,
      version,
      term,
      chunk: number,
      tf,
      terms: analysis.length,
    })),
  )
  await clickhouse.insert('index_chunks', rows, options)
  await clickhouse.insert('index_postings', postings, options)
}

/** Exact BM25: Σ idf · tf(k1+1) / (tf + k1(1 − b + b·length/average)), idf = ln(1 + (N − df + ½)/(df + ½)). */
const lexicalSql = `
  SELECT chunk, sum(
    log(1 + (total - df + 0.5) / (df + 0.5)) * tf * (${k1} + 1)
    / (tf + ${k1} * (1 - ${b} + ${b} * terms / average))
  ) AS score
  FROM (
    SELECT chunk, tf, terms, count() OVER (PARTITION BY term) AS df,
      (SELECT count() FROM index_chunks WHERE project = {project:UUID} AND version = {version:String}) AS total,
      (SELECT avg(terms) FROM index_chunks WHERE project = {project:UUID} AND version = {version:String}) AS average
    FROM index_postings
    WHERE project = {project:UUID} AND version = {version:String} AND term IN {query_terms:Array(String)}
  )
  GROUP BY chunk ORDER BY score DESC, chunk LIMIT {depth:UInt32}`

/** Exact cosine similarity over every chunk of the version. Chunks without words have no direction and no score. */
const semanticSql = `
  SELECT chunk, 1 - cosineDistance(embedding, {query_vector:Array(Float32)}) AS score
  FROM index_chunks
  WHERE project = {project:UUID} AND version = {version:String} AND isFinite(score)
  ORDER BY score DESC, chunk LIMIT {depth:UInt32}`

export async function searchLexical(
  queries: ProjectQueries,
  parts: Version & { terms: readonly string[]; depth: number },
  options: QueryOptions = {},
): Promise<Hit[]> {
  const { version, terms, depth } = parts
  return queries.raw<Hit>(lexicalSql, { version, query_terms: terms, depth }, options)
}

export async function searchSemantic(
  queries: ProjectQueries,
  parts: Version & { vector: readonly number[]; depth: number },
  options: QueryOptions = {},
): Promise<Hit[]> {
  const { version, vector, depth } = parts
  return queries.raw<Hit>(semanticSql, { version, query_vector: vector, depth }, options)
}

/** Both searches in one round trip, fused by reciprocal rank: Σ 1/(60 + rank). */
export async function searchHybrid(
  queries: ProjectQueries,
  parts: Version & { terms: readonly string[]; vector: readonly number[]; depth: number; top: number },
  options: QueryOptions = {},
): Promise<Hit[]> {
  const { version, terms, vector, depth, top } = parts
  const ranked = (sql: string) =>
    `SELECT chunk, row_number() OVER (ORDER BY score DESC, chunk) AS rank FROM (${sql})`
  return queries.raw<Hit>(
    `SELECT chunk, sum(1 / (${fusionConstant} + rank)) AS score
     FROM (${ranked(lexicalSql)} UNION ALL ${ranked(semanticSql)})
     GROUP BY chunk ORDER BY score DESC, chunk LIMIT {top:UInt32}`,
    { version, query_terms: terms, query_vector: vector, depth, top },
    options,
  )
}

/** The chunks of these numbers, in the order given. */
export async function readChunks(
  queries: ProjectQueries,
  { version }: Version,
  chunks: readonly number[],
  options: QueryOptions = {},
): Promise<FoundChunk[]> {
  if (chunks.length === 0) return []
  const rows = await queries
    .from('index_chunks')
    .select(['chunk', 'path', 'title', 'heading', 'text'])
    .where('version = {version:String} AND chunk IN {chunks:Array(UInt32)}', { version, chunks })
    .rows<FoundChunk>(options)
  const byNumber = new Map(rows.map((row) => [row.chunk, row]))
  return chunks.flatMap((chunk) => byNumber.get(chunk) ?? [])
}

/** How many chunks of a version are stored; for tests and for checking a finished build. */
export async function countChunks(queries: ProjectQueries, { version }: Version): Promise<number> {
  const row = await queries
    .from('index_chunks')
    .select(['count() AS stored'])
    .where('version = {version:String}', { version })
    .first<{ stored: number }>()
  return row?.stored ?? 0
}
