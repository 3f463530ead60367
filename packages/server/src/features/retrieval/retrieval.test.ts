import { createHash } from 'node:crypto'
import { embedText } from '@ratchet/core/retrieval'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'
import { platformMigrations } from '#platform/platform-migrations.ts'
import { openJobs, type Jobs } from '#platform/jobs/open-jobs.ts'
import { silentLog } from '#platform/log.ts'
import { eachClickhouse, eachPostgres } from '#platform/testing/engines.ts'
import type { Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import { buildIndexJob } from './build-index-job.ts'
import { makeRetrieval, type Retrieval } from './retrieval.ts'
import { retrievalColumnarMigrations, retrievalMigrations } from './tables.ts'

const call = {
  project: '0192aaaa-0000-7000-8000-000000000001',
  environment: 'development',
  keyId: 'test',
}
const texts = {
  'install.md':
    '# Install\n\nRatchet needs Node 20 or newer.\n\n## Ports\n\nThe gateway listens on port 4701.\n',
  'flows.md': '# Flows\n\nA flow is a graph of nodes.\n',
}
const digestOf = (text: string) => createHash('sha256').update(text).digest('hex')
const blobs = new Map(Object.values(texts).map((text) => [digestOf(text), text]))

eachClickhouse((openColumnar, columnar) => {
  let clickhouse: Clickhouse
  beforeAll(async () => {
    clickhouse = await openColumnar(retrievalColumnarMigrations)
  })
  eachPostgres((openDatabase, relational) => {
    let jobs: Jobs
    let retrieval: Retrieval
    let parents: unknown[] = []
    const source = {
      name: `docs-${columnar}-${relational}`,
      settings: { chunk: { maxChars: 400, overlapChars: 0 }, embedding: 'offline/embedding' },
      documents: Object.entries(texts).map(([path, text]) => ({ path, digest: digestOf(text) })),
    }
    beforeAll(async () => {
      const postgres = await openDatabase([...platformMigrations, ...retrievalMigrations])
      jobs = await openJobs({ postgres, definitions: [buildIndexJob], log: silentLog })
      retrieval = makeRetrieval({
        db: postgres.db,
        clickhouse,
        jobs,
        invocations: {
          embed: async (given, { parent }) => {
            parents.push(parent)
            return given.map((text) => Array.from(embedText(text)))
          },
        },
        readBlob: async (digest) => Buffer.from(blobs.get(digest) ?? ''),
        clock: systemClock,
      })
    })
    afterAll(() => jobs.stop())

    test('an index is built in the background, once, and then answers', async () => {
      const [building] = await retrieval.ensure(call.project, [source])
      expect(building).toMatchObject({ name: source.name, state: 'building', documents: 2 })
      const request = {
        name: source.name,
        query: 'Which port does the gateway use?',
        top: 2,
        mode: 'hybrid' as const,
      }
      await expect(retrieval.search(call, request)).rejects.toMatchObject({ code: 'conflict' })
      await jobs.start()
      await expect.poll(async () => (await retrieval.list(call.project, 5))[0]?.state).toBe('ready')
      expect(await retrieval.ensure(call.project, [source])).toMatchObject([
        { state: 'ready', version: building?.version },
      ])
      expect((await jobs.list({ project: call.project, limit: 10 })).items).toHaveLength(1)

      const found = await retrieval.search(call, request)
      expect(found.version).toBe(building?.version)
      expect(found.sources[0]).toMatchObject({
        path: 'install.md',
        title: 'Install',
        heading: 'Ports',
        text: 'The gateway listens on port 4701.',
      })
      for (const mode of ['bm25', 'vector'] as const) {
        const { sources } = await retrieval.search(call, { ...request, mode, top: 1 })
        expect(sources.map((each) => each.heading)).toEqual(['Ports'])
      }
    })

    test('the runner gets the same passages, and the embedding belongs to its span', async () => {
      const [version] = await retrieval.list(call.project, 1)
      parents = []
      const ids = { traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16) }
      const request = { index: source.name, version: version?.version ?? '', query: 'graph of nodes', top: 1 }
      const { sources } = await retrieval.retrieve(call, { ...request, ...ids, mode: 'hybrid' })
      expect(sources[0]?.path).toBe('flows.md')
      expect(parents).toEqual([{ traceId: ids.traceId, spanId: ids.parentSpanId }])
    })

    test('unknown indexes are named with what is near, and pins tell their states', async () => {
      const wrong = { query: 'x', top: 1, mode: 'bm25' as const }
      await expect(retrieval.search(call, { ...wrong, name: `${source.name}x` })).rejects.toThrow(
        'Did you mean',
      )
      const elsewhere = { ...call, project: '0192aaaa-0000-7000-8000-000000000002' }
      await expect(retrieval.search(elsewhere, { ...wrong, name: source.name })).rejects.toMatchObject({
        code: 'not_found',
      })
      const [version] = await retrieval.list(call.project, 1)
      const pins = [
        { name: source.name, version: version?.version ?? '' },
        { name: 'gone', version: 'f'.repeat(64) },
      ]
      expect(await retrieval.states(call.project, pins)).toMatchObject([{ state: 'ready' }, undefined])
    })
  })
})
