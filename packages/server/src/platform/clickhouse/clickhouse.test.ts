import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { eachClickhouse } from '../../../../../test/harness/each-clickhouse.ts'
import type { ColumnarMigration } from './columnar-migrations.ts'
import { deduplicationSettings } from './engine-settings.ts'
import { silentLog } from '../log.ts'
import { openClickhouse, type Clickhouse } from './open-clickhouse.ts'
import { makeProjectQueries } from './project-queries.ts'

const ours = '0192aaaa-0000-7000-8000-000000000001'
const theirs = '0192aaaa-0000-7000-8000-000000000002'

const tables: ColumnarMigration = {
  id: '0001-tables',
  statements: [
    `CREATE TABLE IF NOT EXISTS events (project UUID, at DateTime64(6), name String, n UInt64, tags Array(String))
     ENGINE = MergeTree ORDER BY (project, at) SETTINGS ${deduplicationSettings}`,
    // Not how we lay tables out: the layout in which the engine's condition cache returned wrong counts.
    `CREATE TABLE IF NOT EXISTS poisoned (project UUID, id UInt64, embedding Array(Float32),
       INDEX near embedding TYPE vector_similarity('hnsw', 'cosineDistance', 8))
     ENGINE = MergeTree ORDER BY id SETTINGS ${deduplicationSettings}`,
    `CREATE TABLE IF NOT EXISTS vectors (project UUID, version String, id UInt64, embedding Array(Float32))
     ENGINE = MergeTree ORDER BY (project, version, id) SETTINGS ${deduplicationSettings}`,
  ],
}

function event(project: string, n: number, more: object = {}): object {
  return { project, at: '2026-11-21 08:00:00.123456', name: `event ${n}`, n, tags: ['a', "b'c"], ...more }
}

eachClickhouse((open, kind) => {
  let engine: Clickhouse
  beforeAll(async () => {
    engine = await open([tables])
  })
  const empty = (table: string) => engine.command(`TRUNCATE TABLE ${table}`)

  test('rows come back with the values they went in with', async () => {
    await empty('events')
    await engine.insert('events', [event(ours, 7, { name: 'a\tb\n"\\é;--' })], { token: 'values' })
    const rows = await engine
      .forProject(ours)
      .from('events')
      .select(['at', 'name', 'n', 'tags', 'count() OVER () AS c'])
      .rows()
    expect(rows).toEqual([
      { at: '2026-11-21 08:00:00.123456', name: 'a\tb\n"\\é;--', n: 7, tags: ['a', "b'c"], c: 1 },
    ])
  })

  test('half of a character does not cost its row, nor the others of the batch', async () => {
    await empty('events')
    const names = ['cut \ud83d', '\udc00 and \u0000', '\ud83d" \ud83d\n\ud83d\u0001', '\\ud800 🎉', 'whole']
    const odd = names.map((name, n) => event(ours, n, { name, tags: [name] }))
    await engine.insert('events', odd, { token: 'halves' })
    const rows = await engine.forProject(ours).from('events').select(['name', 'tags']).orderBy(['n']).rows()
    expect(rows).toEqual(names.map((name) => ({ name: name.toWellFormed(), tags: [name.toWellFormed()] })))
  })

  test('a project never sees rows of another, whatever its conditions say', async () => {
    await empty('events')
    await engine.insert('events', [event(ours, 1), event(theirs, 2)], { token: 'two projects' })
    const mine = engine.forProject(ours)
    const rows = await mine.from('events').select(['n']).where('n = {n:UInt64} OR 1 = 1', { n: 2 }).rows()
    expect(rows).toEqual([{ n: 1 }])
    const raw = await mine.raw(
      `WITH big AS (SELECT n FROM events WHERE project = {project:UUID}) SELECT sum(n) AS s FROM big`,
    )
    expect(raw).toEqual([{ s: 1 }])
  })

  test('the same batch is stored once; a different batch is stored', async () => {
    await empty('events')
    const batch = [event(ours, 1), event(ours, 2)]
    await engine.insert('events', batch, { token: 'batch one' })
    await engine.insert('events', batch, { token: 'batch one' })
    await engine.insert('events', batch, { token: 'batch two' })
    expect(await engine.forProject(ours).from('events').select(['count() AS c']).first()).toEqual({ c: 4 })
  })

  test('settings of one statement are gone for the next, also when it fails', async () => {
    await empty('events')
    await engine.insert('events', [event(ours, 1)], { token: 'sticky' })
    await expect(engine.insert('events', [{ project: ours, n: 'x' }], { token: 'bad' })).rejects.toThrow(
      /Cannot parse/,
    )
    await engine.command(`INSERT INTO events (project, n) VALUES ('${ours}', 5)`)
    await engine.command(`INSERT INTO events (project, n) VALUES ('${ours}', 6)`)
    const row = await engine
      .forProject(ours)
      .from('events')
      .select(["getSetting('insert_deduplication_token') AS t", 'count() AS c'])
      .groupBy(['t'])
      .first()
    expect(row).toEqual({ t: '', c: 3 })
  })

  test('parameters of every kind arrive unchanged', async () => {
    const mine = engine.forProject(ours)
    await empty('events')
    await engine.insert('events', [event(ours, 1)], { token: 'p' })
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom("'", '\\', '"', '`', '{', '}', '\n', '\t', '-', ';', '\b', '%'),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      ),
    })
    await fc.assert(
      fc.asyncProperty(text, fc.array(text), fc.integer(), fc.boolean(), async (one, many, n, flag) => {
        const row = await mine
          .from('events')
          .select([
            '{one:String} AS one',
            '{many:Array(String)} AS many',
            '{n:Int64} AS n',
            '{flag:Bool} AS flag',
            '{none:Nullable(String)} AS none',
          ])
          .where('1 = 1', { one, many, n, flag, none: null })
          .first()
        expect(row).toEqual({ one, many, n, flag, none: null })
      }),
      { numRuns: kind === 'chdb' ? 60 : 30 },
    )
  })

  const vectorRows = Array.from({ length: 6_000 }, (_, id) => ({
    project: id % 100 === 3 ? theirs : ours,
    version: 'v1',
    id,
    embedding: Array.from({ length: 8 }, (_unused, i) => Math.sin(id * 8 + i)),
  }))
  const question = { q: [0.1, 0.2, 0.3, 0.1, 0.2, 0.3, 0.4, 0.5] }

  test('a count after a vector search is right, because the query condition cache stays off', async () => {
    const rows = vectorRows.map(({ version: _version, ...row }) => row)
    await engine.insert('poisoned', rows, { token: 'poisoned' })
    const small = engine.forProject(theirs).from('poisoned')
    const near = await small
      .select(['id'])
      .where('1 = 1', question)
      .orderBy(['cosineDistance(embedding, {q:Array(Float32)})'])
      .limit(10)
      .rows()
    // The index filters after its search: this is why our own tables are searched exactly.
    expect(near.length).toBeLessThan(10)
    expect(await small.select(['count() AS c']).first()).toEqual({ c: 60 })
    expect(await small.select(['count() AS c']).first()).toEqual({ c: 60 })
  })

  test('a small project gets its ten nearest, exactly: it leads the sort key and nothing filters afterwards', async () => {
    await engine.insert('vectors', vectorRows, { token: 'vectors' })
    const near = await engine
      .forProject(theirs)
      .from('vectors')
      .select(['id'])
      .where('version = {v:String}', { v: 'v1', ...question })
      .orderBy(['cosineDistance(embedding, {q:Array(Float32)})', 'id'])
      .limit(10)
      .rows<{ id: number }>()
    const distance = (a: readonly number[]) => {
      const dot = a.reduce((sum, value, i) => sum + value * question.q[i]!, 0)
      return -dot / Math.hypot(...a)
    }
    const expected = vectorRows
      .filter((row) => row.project === theirs)
      .sort((a, b) => distance(a.embedding) - distance(b.embedding))
      .slice(0, 10)
    expect(near.map((row) => row.id)).toEqual(expected.map((row) => row.id))
  })

  test('a slow query ends at its deadline with an error that says so', async () => {
    const slow = engine.system(
      'SELECT sum(sleepEachRow(0.1)) FROM numbers(100) SETTINGS max_block_size = 1',
      {},
      { timeoutMs: 1_000 },
    )
    await expect(slow).rejects.toMatchObject({ code: 'timeout', message: expect.stringContaining('1 s') })
  })

  test('an aborted query rejects at once with the reason, and others go on', async () => {
    const abort = new AbortController()
    const slow = engine.system('SELECT sleep(3)', {}, { signal: abort.signal })
    const reason = new Error('the client went away')
    setTimeout(() => abort.abort(reason), 50)
    const startedAt = Date.now()
    await expect(slow).rejects.toBe(reason)
    expect(Date.now() - startedAt).toBeLessThan(2_000)
    expect(await engine.isAlive()).toBe(true)
  })

  test.runIf(kind === 'chdb')('reads run side by side: a slow one does not hold up a fast one', async () => {
    const startedAt = Date.now()
    const slow = engine.system('SELECT sleep({s:Float64})', { s: 3 })
    await engine.system('SELECT {x:String}', { x: 'fast' })
    expect(Date.now() - startedAt).toBeLessThan(2_500)
    await slow
  })

  test.runIf(kind === 'http')('tables migrated by a newer Ratchet are refused', async () => {
    await engine.insert('schema_migrations', [{ id: '9999-future' }], { token: 'future' })
    const again = openClickhouse({
      folder: '/nowhere',
      clickhouseUrl: engine.address,
      migrations: [tables],
      log: silentLog,
    })
    await expect(again).rejects.toMatchObject({
      code: 'version_newer',
      details: { unknown: ['9999-future'] },
    })
  })
})

test('a server that does not answer is reported with what to check', async () => {
  const attempt = openClickhouse({
    folder: '/nowhere',
    clickhouseUrl: 'http://me:hunter2@127.0.0.1:1',
    migrations: [],
    log: silentLog,
  })
  await expect(attempt).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/CLICKHOUSE_URL/),
  })
})

describe('the query builder', () => {
  test('is not to be had without a project', async () => {
    expect(() => makeProjectQueries("x' OR 1=1", async () => [])).toThrow(/is not a project id/)
  })

  test('puts the project first and keeps a condition with OR inside brackets', async () => {
    const { sql, parameters } = makeProjectQueries(ours, async () => [])
      .from('spans')
      .select(['a', 'count() AS n'])
      .where('x = {x:String} OR y', { x: '1' })
      .groupBy(['a'])
      .having('n > {least:UInt32}', { least: 2 })
      .orderBy(['n DESC'])
      .limit(5)
      .toSql()
    expect(sql.split('\n')).toEqual([
      'SELECT a, count() AS n',
      'FROM spans',
      'WHERE project = {project:UUID} AND (x = {x:String} OR y)',
      'GROUP BY a',
      'HAVING (n > {least:UInt32})',
      'ORDER BY n DESC',
      'LIMIT 5',
    ])
    expect(parameters).toEqual({ project: ours, x: '1', least: 2 })
  })

  test.each([
    ['SELECT 1', 'no table'],
    ['SELECT * FROM spans', 'no condition'],
    ['SELECT * FROM spans JOIN scores USING id WHERE project = {project:UUID}', 'one of two tables'],
    ["SELECT * FROM spans WHERE name = 'project = {project:UUID}'", 'only inside a string'],
    ['SELECT * FROM spans -- project = {project:UUID}', 'only inside a comment'],
    ["SELECT * FROM file('/etc/passwd') WHERE project = {project:UUID}", 'a table function'],
  ])('raw SQL is refused: %s (%s)', async (sql) => {
    await expect(makeProjectQueries(ours, async () => []).raw(sql)).rejects.toThrow(/project/)
  })

  test('a condition cannot smuggle in another table, nor a parameter be given twice', async () => {
    const from = makeProjectQueries(ours, async () => []).from('spans')
    await expect(from.where('id IN (SELECT id FROM scores)').rows()).rejects.toThrow(/2 tables/)
    expect(() => from.where('a = {a:String}', { a: '1' }).where('b = {a:String}', { a: '2' })).toThrow(
      /two values/,
    )
    expect(() => from.where('1', { project: theirs })).toThrow(/two values/)
  })
})
