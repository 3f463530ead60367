import { suggestNames } from '@ratchet/core/graph'
import { extractTerms } from '@ratchet/core/text-metrics'
import { AppError, type IndexVersion, type RetrieveRequest, type Source } from '@ratchet/contract'
import type { Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import type { ProjectQueries } from '#platform/clickhouse/project-queries.ts'
import type { Jobs } from '#platform/jobs/open-jobs.ts'
import { transaction } from '#platform/postgres/transaction.ts'
import type { CallOf } from '#features/invocations'
import { buildIndex, type BuildParts } from './build-index.ts'
import { buildIndexJob } from './build-index-job.ts'
import { readChunks, searchHybrid, searchLexical, searchSemantic, type Hit } from './chunk-store.ts'
import { indexVersionOf, type IndexDocument, type IndexSettings } from './index-version.ts'
import {
  addVersion,
  changeVersion,
  findNewest,
  findVersion,
  listVersions,
  showVersion,
  type StoredVersion,
  type VersionKey,
} from './version-store.ts'

/** An index of an app folder, ready to be built: its documents are stored as blobs. */
export type IndexSource = {
  readonly name: string
  readonly settings: IndexSettings
  readonly documents: readonly IndexDocument[]
}

export type SearchRequest = {
  readonly query: string
  readonly top: number
  readonly mode: 'hybrid' | 'bm25' | 'vector'
}

/** Index versions: built once per content by a job, then searched exactly. */
export type Retrieval = {
  /** Sees to it that these indexes exist; what is missing or failed is built in the background. */
  readonly ensure: (project: string, sources: readonly IndexSource[]) => Promise<IndexVersion[]>
  /** States of pinned versions, in the order given; undefined for one that does not exist. */
  readonly states: (
    project: string,
    pins: readonly { name: string; version: string }[],
  ) => Promise<(IndexVersion | undefined)[]>
  readonly list: (project: string, limit: number) => Promise<IndexVersion[]>
  /** Searches a version (the newest ready one when none is named). Throws `not_found`, or `conflict` while it is built. */
  readonly search: (
    call: CallOf,
    request: SearchRequest & { name: string; version?: string | undefined },
  ) => Promise<{ version: string; sources: Source[] }>
  /** Answers the runner; the query's embedding becomes a child of the runner's span. */
  readonly retrieve: (call: CallOf, request: RetrieveRequest) => Promise<{ sources: Source[] }>
}

export type RetrievalParts = Omit<BuildParts, 'clickhouse'> & {
  readonly clickhouse: Pick<Clickhouse, 'insert' | 'forProject'>
  readonly jobs: Pick<Jobs, 'enqueue' | 'get' | 'work'>
}

/** Fused lists are this deep: a passage that both searches rank low is no answer. */
const fusionDepth = 50
const embeddingTimeoutMs = 30_000

/** Makes the retrieval feature and registers its job. */
export function makeRetrieval(parts: RetrievalParts): Retrieval {
  const { db, clickhouse, jobs, invocations, clock } = parts
  const ready = new Map<string, StoredVersion>()
  jobs.work(buildIndexJob, ({ payload, jobId, signal, progress }) => {
    const isCancelled = async () => (await jobs.get(payload.project, jobId)).state === 'cancelled'
    return buildIndex(parts, payload, { signal, progress, isCancelled })
  })

  async function ensureOne(project: string, source: IndexSource): Promise<IndexVersion> {
    const { name, settings, documents } = source
    const key: VersionKey = { project, name, version: indexVersionOf(name, settings, documents) }
    await transaction(db, async (trx) => {
      await addVersion(trx, key, { settings, documents, now: new Date(clock.now()) })
      const stored = await findVersion(trx, key)
      if (stored?.state === 'ready') return
      // The key joins a build that is on its way; one that failed or was cancelled starts again.
      const jobId = await jobs.enqueue(buildIndexJob, key, { project, key: `${name} ${key.version}`, trx })
      await changeVersion(trx, key, { state: 'building', error: '', jobId })
    })
    const stored = await findVersion(db, key)
    if (!stored) throw notFound(key, [])
    return showVersion(stored)
  }

  /** A ready version never changes, so it is looked up once. */
  async function usable(project: string, name: string, version: string | undefined): Promise<StoredVersion> {
    const known = version === undefined ? undefined : ready.get(`${project} ${name} ${version}`)
    if (known) return known
    const stored =
      version === undefined
        ? await findNewest(db, { project, name })
        : await findVersion(db, { project, name, version })
    if (!stored) {
      const names = (await listVersions(db, project, 200)).map((each) => each.name)
      throw notFound({ name, version }, names)
    }
    if (stored.state !== 'ready') throw notReady(stored)
    if (ready.size > 1000) ready.clear()
    ready.set(`${project} ${name} ${stored.version}`, stored)
    return stored
  }

  async function hitsOf(call: CallOf, stored: StoredVersion, request: SearchRequest): Promise<Hit[]> {
    const queries: ProjectQueries = clickhouse.forProject(call.project)
    const { version } = stored
    const { top, mode } = request
    const options = { signal: call.signal }
    const terms = mode === 'vector' ? [] : [...new Set(extractTerms(request.query))]
    if (mode === 'bm25') return searchLexical(queries, { version, terms, depth: top }, options)
    const [vector = []] = await invocations.embed([request.query], {
      ...call,
      model: stored.settings.embedding,
      timeoutMs: call.timeoutMs ?? embeddingTimeoutMs,
    })
    if (mode === 'vector') return searchSemantic(queries, { version, vector, depth: top }, options)
    return searchHybrid(queries, { version, terms, vector, depth: Math.max(fusionDepth, top), top }, options)
  }

  async function sourcesOf(call: CallOf, stored: StoredVersion, request: SearchRequest): Promise<Source[]> {
    const hits = await hitsOf(call, stored, request)
    const scores = new Map(hits.map((hit) => [hit.chunk, hit.score]))
    const numbers = hits.map((hit) => hit.chunk)
    const found = await readChunks(clickhouse.forProject(call.project), stored, numbers, {
      signal: call.signal,
    })
    return found.map(({ chunk, path, title, heading, text }) => ({
      id: `${path}#${chunk}`,
      path,
      title,
      heading,
      text,
      score: scores.get(chunk) ?? 0,
    }))
  }

  return {
    ensure: async (project, sources) => {
      const versions: IndexVersion[] = []
      for (const source of sources) versions.push(await ensureOne(project, source))
      return versions
    },
    states: async (project, pins) => {
      const found = await Promise.all(pins.map((pin) => findVersion(db, { project, ...pin })))
      return found.map((stored) => stored && showVersion(stored))
    },
    list: async (project, limit) => (await listVersions(db, project, limit)).map(showVersion),
    search: async (call, request) => {
      const stored = await usable(call.project, request.name, request.version)
      return { version: stored.version, sources: await sourcesOf(call, stored, request) }
    },
    retrieve: async (call, request) => {
      const stored = await usable(call.project, request.index, request.version)
      const parent = { traceId: request.traceId, spanId: request.parentSpanId }
      return { sources: await sourcesOf({ ...call, parent }, stored, request) }
    },
  }
}

function notFound(key: { name: string; version?: string | undefined }, names: readonly string[]): AppError {
  const which = key.version === undefined ? '' : ` of version ${key.version.slice(0, 12)}`
  const hint = suggestNames(key.name, names) || 'Push an app that has it: ratchet push <folder>'
  return new AppError('not_found', {
    message: `No index "${key.name}"${which} in this project. ${hint}`,
    details: { index: key.name, version: key.version },
  })
}

function notReady(stored: StoredVersion): AppError {
  const { name, version, state, builtChunks, chunks, error } = stored
  const message =
    state === 'failed'
      ? `The index "${name}" could not be built: ${error} Push the app again to retry.`
      : `The index "${name}" is being built (${builtChunks} of ${chunks || '?'} chunks). Try again in a moment.`
  return new AppError('conflict', { message, details: { index: name, version, state } })
}
