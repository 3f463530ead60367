import { createHash } from 'node:crypto'
import { embedText } from '@ratchet/core/retrieval'
import { beforeAll, expect, test } from 'vitest'
import type { Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import { systemClock } from '#platform/clock.ts'
import type { Db } from '#platform/postgres/database.ts'
import { transaction } from '#platform/postgres/transaction.ts'
import { eachClickhouse, eachPostgres } from '#platform/testing/engines.ts'
import { buildIndex, type BuildParts } from './build-index.ts'
import { countChunks } from './chunk-store.ts'
import { indexVersionOf, type IndexDocument } from './index-version.ts'
import { retrievalColumnarMigrations, retrievalMigrations } from './tables.ts'
import { addVersion, findVersion, type VersionKey } from './version-store.ts'

const project = '0192aaaa-0000-7000-8000-000000000001'
const settings = { chunk: { maxChars: 200, overlapChars: 40 }, embedding: 'offline/embedding' }
const blobs = new Map<string, string>()

function documentOf(path: string, text: string): IndexDocument {
  const digest = createHash('sha256').update(text).digest('hex')
  blobs.set(digest, text)
  return { path, digest }
}

const silentRun = { signal: new AbortController().signal, progress: () => {}, isCancelled: async () => false }

eachClickhouse((openColumnar, columnar) => {
  let clickhouse: Clickhouse
  beforeAll(async () => {
    clickhouse = await openColumnar(retrievalColumnarMigrations)
  })
  eachPostgres((openDatabase, relational) => {
    let db: Db
    beforeAll(async () => {
      ;({ db } = await openDatabase(retrievalMigrations))
    })
    const parts = (embed: BuildParts['invocations']['embed']): BuildParts => ({
      db,
      clickhouse,
      invocations: { embed },
      readBlob: async (digest) => Buffer.from(blobs.get(digest) ?? ''),
      clock: systemClock,
    })
    const offline: BuildParts['invocations']['embed'] = async (texts) =>
      texts.map((text) => Array.from(embedText(text)))
    async function added(name: string, documents: IndexDocument[]): Promise<VersionKey> {
      // The engine is shared between both databases: names keep their chunks apart.
      const key = {
        project,
        name,
        version: indexVersionOf(`${columnar}${relational}${name}`, settings, documents),
      }
      await transaction(db, (trx) => addVersion(trx, key, { settings, documents, now: new Date() }))
      return key
    }

    test('a build stores every chunk and makes the version ready', async () => {
      const key = await added('small', [
        documentOf('b.md', '# B\n\nBeta.'),
        documentOf('a.md', '# A\n\nAlpha.'),
      ])
      const steps: string[] = []
      await buildIndex(parts(offline), key, {
        ...silentRun,
        progress: (done, total) => void steps.push(`${done}/${total}`),
      })
      expect(await findVersion(db, key)).toMatchObject({
        state: 'ready',
        chunks: 2,
        builtChunks: 2,
        error: '',
      })
      expect(await countChunks(clickhouse.forProject(project), key)).toBe(2)
      expect(steps).toEqual(['0/2', '2/2'])
    })

    test('a build that was cut off goes on where it stopped and stores nothing twice', async () => {
      const text = Array.from({ length: 150 }, (_, n) => `## Part ${n}\n\nSentence number ${n}.\n`).join('\n')
      const key = await added('long', [documentOf('long.md', text)])
      const stop = new AbortController()
      let calls = 0
      const dying: typeof offline = async (texts, call) => {
        if (++calls === 2) stop.abort(new Error('killed'))
        return offline(texts, call)
      }
      await expect(buildIndex(parts(dying), key, { ...silentRun, signal: stop.signal })).rejects.toThrow(
        'killed',
      )
      expect(await findVersion(db, key)).toMatchObject({ state: 'building', builtChunks: 64 })
      await buildIndex(parts(dying), key, silentRun)
      expect(await findVersion(db, key)).toMatchObject({ state: 'ready', chunks: 150, builtChunks: 150 })
      expect(await countChunks(clickhouse.forProject(project), key)).toBe(150)
      expect(calls).toBe(4)
    })

    test('a failing model leaves the version failed with the reason', async () => {
      const key = await added('failing', [documentOf('x.md', 'Text.')])
      const failing = parts(async () => {
        throw new Error('the provider said no')
      })
      await expect(buildIndex(failing, key, silentRun)).rejects.toThrow('said no')
      expect(await findVersion(db, key)).toMatchObject({ state: 'failed', error: 'the provider said no' })
      await expect(
        buildIndex(
          parts(async (texts) => texts.map((_, n) => Array(n).fill(1))),
          key,
          silentRun,
        ),
      ).rejects.toThrow('no length')
    })

    test('documents without text are an error that says where to look', async () => {
      const key = await added('empty', [documentOf('e.md', '# Only\n')])
      await expect(buildIndex(parts(offline), key, silentRun)).rejects.toThrow('source.folder')
    })
  })
})

test('the version follows from settings and content, not from the order of documents', () => {
  const a = documentOf('a.md', 'a')
  const b = documentOf('b.md', 'b')
  const version = indexVersionOf('docs', settings, [a, b])
  expect(indexVersionOf('docs', settings, [b, a])).toBe(version)
  expect(indexVersionOf('docs', { ...settings, embedding: 'x/y' }, [a, b])).not.toBe(version)
  expect(indexVersionOf('docs', settings, [a, { ...b, path: 'c.md' }])).not.toBe(version)
})
