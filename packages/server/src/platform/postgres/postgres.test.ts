import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, eachPostgres } from '../../../../../test/harness/each-postgres.ts'
import { silentLog } from '../log.ts'
import { decodeCursor, encodeCursor, keysetPage } from './keyset-page.ts'
import type { Migration } from './migrations.ts'
import { openPostgres, type Postgres } from './open-postgres.ts'
import { isUnstorable } from './storable-text.ts'
import { isUniqueViolation, jsonb, transaction } from './transaction.ts'

declare module '#platform/postgres/database.ts' {
  interface Database {
    notes: { id: number; title: string; body: unknown; at: Date }
  }
}

const notes: Migration = {
  id: '0001-notes',
  up: async (trx) => {
    await sql`create table notes (id int8 primary key, title text not null constraint notes_title_key unique,
      body jsonb, at timestamptz not null default now())`.execute(trx)
  },
}

const everyType = sql<Record<string, unknown>>`select 1::int8 a, 9007199254740991::int8 b, 1.50::numeric c,
  '2026-11-21 08:00:00.123456+00'::timestamptz d, '{"x":[1,null,"é"]}'::jsonb e, '{"y":1}'::json f,
  '2026-11-21'::date g, '\\x00ff'::bytea h, 7::int4 i, 1.5::float8 j, true k, '{a,"b,c",null}'::text[] l,
  '0192aaaa-0000-7000-8000-000000000000'::uuid m, '{1,2,null}'::int8[] n, '{1.5}'::numeric[] o,
  '{2026-11-21}'::date[] p, '{2026-11-21 08:00:00+00}'::timestamptz[] q, 'x'::text r, null::int8 s,
  '08:00:01'::time t, '2026-11-21 08:00:00'::timestamp u, 2::int2 v, count(*) w, array['{"z":1}'::jsonb] x,
  '{0192aaaa-0000-7000-8000-000000000000}'::uuid[] y, '{t,f}'::bool[] z, sum(3::int8) aa`

const seen: Record<string, unknown>[] = []

eachPostgres((open, kind) => {
  let postgres: Postgres
  beforeAll(async () => {
    postgres = await open([notes])
  })

  test('every type is read as the same JavaScript value on both engines', async () => {
    const row = (await everyType.execute(postgres.db)).rows[0]!
    expect(row).toMatchObject({
      a: 1,
      b: 9007199254740991,
      c: '1.50',
      d: new Date('2026-11-21T08:00:00.123Z'),
      e: { x: [1, null, 'é'] },
      g: '2026-11-21',
      h: new Uint8Array([0, 255]),
      l: ['a', 'b,c', null],
      n: [1, 2, null],
      p: ['2026-11-21'],
      q: [new Date('2026-11-21T08:00:00Z')],
      w: 1,
      x: [{ z: 1 }],
      aa: '3',
    })
    seen.push(row)
    expect(seen.at(-1)).toStrictEqual(seen[0])
  })

  test('an integer that JavaScript cannot hold exactly is an error, not a wrong number', async () => {
    await expect(sql`select 9007199254740993::int8 as big`.execute(postgres.db)).rejects.toThrow(
      /9007199254740993.*does not fit/,
    )
    expect((await sql`select 1 as still`.execute(postgres.db)).rows).toEqual([{ still: 1 }])
  })

  test('a text with NUL is recognised when it is refused; in JSON it becomes visible instead', async () => {
    const add = (id: number, title: string, body: unknown) =>
      postgres.db
        .insertInto('notes')
        .values({ id, title, body: jsonb(body), at: new Date() })
        .execute()
    const error: unknown = await add(90, 'a\0b', {}).catch((failure: unknown) => failure)
    expect(isUnstorable(error)).toBe(true)
    await add(91, 'plain', { 'k\0': ['\ud800', 'a\\u0000b'], at: new Date(0) })
    const row = await postgres.db.selectFrom('notes').select('body').where('id', '=', 91).executeTakeFirst()
    expect(row?.body).toEqual({ 'k\ufffd': ['\ufffd', 'a\\u0000b'], at: '1970-01-01T00:00:00.000Z' })
    await postgres.db.deleteFrom('notes').execute()
  })

  test('a repeated row is a unique violation that names its constraint; the transaction is undone', async () => {
    const add = (id: number) =>
      transaction(postgres.db, async (trx) => {
        await trx
          .insertInto('notes')
          .values({ id: id + 100, title: `also ${id}`, body: jsonb(1), at: new Date() })
          .execute()
        await trx
          .insertInto('notes')
          .values({ id, title: 'once', body: jsonb([{ a: 1 }]), at: new Date() })
          .execute()
      })
    await add(1)
    const error = await add(2).catch((caught: unknown) => caught)
    expect(isUniqueViolation(error)).toBe(true)
    expect(isUniqueViolation(error, 'notes_title_key')).toBe(true)
    expect(isUniqueViolation(error, 'notes_pkey')).toBe(false)
    const rows = await postgres.db.selectFrom('notes').select(['id', 'body']).orderBy('id').execute()
    expect(rows).toEqual([
      { id: 1, body: [{ a: 1 }] },
      { id: 101, body: 1 },
    ])
    await postgres.db.deleteFrom('notes').execute()
  })

  test('paging visits every row once, in order, also with equal and microsecond times and while rows are added', async () => {
    await sql`insert into notes (id, title, at) select n, 'n' || n, '2026-11-21'::timestamptz + (n / 3) * interval '1 microsecond'
      from generate_series(1, 25) n`.execute(postgres.db)
    const visited: number[] = []
    let cursor: string | undefined
    do {
      const page = await keysetPage(postgres.db.selectFrom('notes').select(['id', 'at']), {
        by: [
          { column: 'at', type: 'timestamptz' },
          { column: 'id', type: 'int8' },
        ],
        direction: 'desc',
        limit: 4,
        cursor,
      })
      expect(Object.keys(page.items[0]!)).toEqual(['id', 'at'])
      visited.push(...page.items.map((item) => item.id))
      cursor = page.nextCursor
      await sql`insert into notes (id, title) values (${1000 + visited.length}, ${`new ${visited.length}`})`.execute(
        postgres.db,
      )
    } while (cursor !== undefined)
    expect(visited).toEqual(Array.from({ length: 25 }, (_, index) => 25 - index))
    await postgres.db.deleteFrom('notes').execute()
  })

  test('many short transactions and queries at once neither deadlock nor see each other half done', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        transaction(postgres.db, async (trx) => {
          await trx
            .insertInto('notes')
            .values({ id: index, title: `a${index}`, body: null, at: new Date() })
            .execute()
          await trx
            .insertInto('notes')
            .values({ id: index + 50, title: `b${index}`, body: null, at: new Date() })
            .execute()
        }).then(async () => {
          const { rows } = await sql<{ n: number }>`select count(*) n from notes`.execute(postgres.db)
          expect(rows[0]!.n % 2).toBe(0)
        }),
      ),
    )
    await postgres.db.deleteFrom('notes').execute()
  })

  test('a failed migration leaves nothing behind and the next start continues', async () => {
    const url = kind === 'postgres' ? await createDatabase([]) : undefined
    const broken: Migration = {
      id: '0002-broken',
      up: async (trx) => {
        await sql`create table half (id int)`.execute(trx)
        throw new Error('power cut')
      },
    }
    const folder = mkdtempSync(join(tmpdir(), 'ratchet-pglite-'))
    const source = { folder: join(folder, 'postgres') }
    const start = (migrations: Migration[]) =>
      openPostgres({ source, databaseUrl: url, migrations, log: silentLog })
    await expect(start([notes, broken])).rejects.toThrow('power cut')
    const fixed = {
      ...broken,
      up: async (trx: any) => void (await sql`create table half (id int)`.execute(trx)),
    }
    // Two servers may start at once on PostgreSQL; the embedded engine belongs to one.
    const started = await Promise.all(
      kind === 'postgres' ? [start([notes, fixed]), start([fixed, notes])] : [start([fixed, notes])],
    )
    const { rows } = await sql<{ id: string }>`select id from migrations order by 1`.execute(started[0]!.db)
    expect(rows.map((row) => row.id)).toEqual(['0001-notes', '0002-broken'])
    for (const each of started) await each.stop()
    await expect(start([notes])).rejects.toMatchObject({
      code: 'version_newer',
      details: { unknown: ['0002-broken'] },
    })
    rmSync(folder, { recursive: true })
  })
})

describe('cursors', () => {
  const by = [{ column: 'id', type: 'int8' }] as const

  test.each([
    '',
    'x',
    '"',
    'W10',
    encodeCursor(by, ['1']).slice(0, -3),
    Buffer.from('[["2"],"AAAAAAAA"]').toString('base64url'),
  ])('the changed cursor "%s" is refused', (cursor) => {
    expect(() => decodeCursor(cursor, by)).toThrow(/is not from this list/)
  })

  test('a cursor of another list is refused', () => {
    const other = encodeCursor([{ column: 'at', type: 'text' }], ['1'])
    expect(() => decodeCursor(other, by)).toThrow(/is not from this list/)
    expect(decodeCursor(encodeCursor(by, ['1']), by)).toEqual(['1'])
  })
})

test('an unreachable server is reported with its address but without its password', async () => {
  const attempt = openPostgres({
    source: { memory: true },
    databaseUrl: 'postgres://me:hunter2@127.0.0.1:1/db',
    migrations: [],
    log: silentLog,
  })
  const error = (await attempt.catch((caught: unknown) => caught)) as Error
  expect(error).toMatchObject({ code: 'unavailable' })
  expect(error.message).toContain('127.0.0.1:1')
  expect(error.message).not.toContain('hunter2')
})
