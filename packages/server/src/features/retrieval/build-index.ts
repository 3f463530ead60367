import { AppError } from '@ratchet/contract'
import type { Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import type { Clock } from '#platform/clock.ts'
import type { Db } from '#platform/postgres/database.ts'
import { storableText } from '#platform/postgres/storable-text.ts'
import type { Invocations } from '#features/invocations'
import { analyseChunk, searchText } from './analyse-chunk.ts'
import { chunkMarkdown, type Chunk } from './chunk-markdown.ts'
import { insertChunks } from './chunk-store.ts'
import { sortDocuments } from './index-version.ts'
import { changeVersion, findVersion, type StoredVersion, type VersionKey } from './version-store.ts'

/** Chunks per embedding call and per insert; part of what makes a repeated batch recognisable, so never change it. */
const batchSize = 64

export type BuildParts = {
  readonly db: Db
  readonly clickhouse: Pick<Clickhouse, 'insert'>
  readonly invocations: Pick<Invocations, 'embed'>
  /** Bytes of a document by digest. */
  readonly readBlob: (digest: string) => Promise<Uint8Array>
  readonly clock: Pick<Clock, 'now'>
}

export type BuildRun = {
  readonly signal: AbortSignal
  readonly progress: (done: number, total: number, message: string) => void
  /** Tells a cancelled job from a server that stops: the latter goes on after its restart. */
  readonly isCancelled: () => Promise<boolean>
}

/**
 * Builds a version, or goes on where an earlier run was cut off: chunks are numbered the same way every time,
 * batches that were stored carry the same token, and the count of stored chunks only grows.
 */
export async function buildIndex(parts: BuildParts, key: VersionKey, run: BuildRun): Promise<void> {
  const stored = await findVersion(parts.db, key)
  if (!stored || stored.state === 'ready') return
  await changeVersion(parts.db, key, { state: 'building', error: '' })
  try {
    await build(parts, stored, run)
  } catch (error) {
    const isCancelled = await run.isCancelled()
    if (isCancelled || !run.signal.aborted) {
      const message = isCancelled ? 'The build was cancelled.' : messageOf(error)
      await changeVersion(parts.db, key, { state: 'failed', error: message })
    }
    throw error
  }
}

async function build(parts: BuildParts, stored: StoredVersion, run: BuildRun): Promise<void> {
  const { db, clock } = parts
  const chunks = await chunkDocuments(parts, stored, run.signal)
  if (chunks.length === 0) {
    throw new AppError('validation_failed', {
      message: `The index "${stored.name}" has no text: ${stored.documents.length} documents gave no chunk. Check source.folder, include and exclude in its index file.`,
      details: { index: stored.name, documents: stored.documents.length },
    })
  }
  await changeVersion(db, stored, { chunks: chunks.length })
  for (let done = stored.builtChunks; done < chunks.length;) {
    run.signal.throwIfAborted()
    run.progress(done, chunks.length, `Embedding with ${stored.settings.embedding}`)
    const batch = chunks.slice(done, done + batchSize)
    await storeBatch(parts, stored, { batch, first: done, signal: run.signal })
    done += batch.length
    await changeVersion(db, stored, { builtChunks: done })
  }
  await changeVersion(db, stored, { state: 'ready', readyAt: new Date(clock.now()) })
  run.progress(chunks.length, chunks.length, 'Ready')
}

async function chunkDocuments(
  parts: BuildParts,
  stored: StoredVersion,
  signal: AbortSignal,
): Promise<(Chunk & { path: string })[]> {
  const chunks: (Chunk & { path: string })[] = []
  for (const { path, digest } of sortDocuments(stored.documents)) {
    signal.throwIfAborted()
    const source = new TextDecoder().decode(await parts.readBlob(digest))
    for (const chunk of chunkMarkdown(source, { ...stored.settings.chunk, path }))
      chunks.push({ ...chunk, path })
  }
  return chunks
}

async function storeBatch(
  parts: BuildParts,
  stored: StoredVersion,
  {
    batch,
    first,
    signal,
  }: { batch: readonly (Chunk & { path: string })[]; first: number; signal: AbortSignal },
): Promise<void> {
  const vectors = await parts.invocations.embed(batch.map(searchText), {
    project: stored.project,
    environment: 'development',
    keyId: 'index-build',
    model: stored.settings.embedding,
    signal,
  })
  signal.throwIfAborted()
  const width = vectors[0]?.length ?? 0
  if (width === 0 || vectors.some((vector) => vector.length !== width)) {
    throw new AppError('provider_error', {
      message: `"${stored.settings.embedding}" answered vectors of different or no length. Use an embedding model in the index file.`,
      details: { model: stored.settings.embedding },
    })
  }
  const rows = batch.map((chunk, index) => ({
    ...chunk,
    number: first + index,
    analysis: analyseChunk(chunk),
    embedding: vectors[index] ?? [],
  }))
  await insertChunks(parts.clickhouse, stored, rows, signal)
}

function messageOf(error: unknown): string {
  return storableText(error instanceof Error ? error.message : String(error))
}
