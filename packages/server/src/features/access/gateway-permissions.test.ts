import { permissions } from '@ratchet/contract'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { silentLog } from '#platform/log.ts'
import { runMigrations } from '#platform/postgres/migrations.ts'
import { eachPostgres } from '#platform/testing/engines.ts'
import { accessMigrations } from './index.ts'

eachPostgres((open) => {
  test('keys made before there was a gateway configuration may read or write it if they may all else', async () => {
    const { db } = await open(accessMigrations.slice(0, 1))
    const old = permissions.filter((name) => !name.startsWith('gateway:'))
    const held: Record<string, readonly string[]> = {
      admin: old,
      reader: old.filter((name) => name.endsWith(':read')),
      invoke: ['model:invoke'],
    }
    const project = '01900000-0000-7000-8000-000000000001'
    await sql`insert into projects values (${project}, 'default', now())`.execute(db)
    await sql`insert into environments values (${project}, 'development', 0)`.execute(db)
    for (const [index, name] of Object.keys(held).entries()) {
      const id = `01900000-0000-7000-8000-00000000001${index}`
      await sql`insert into api_keys (id, project_id, public_id, secret_hash, name, environment, scopes, created_by,
        created_at) values (${id}, ${project}, ${name}, 'x', ${name}, 'development',
        ${JSON.stringify(held[name])}::text::jsonb, 'test', now())`.execute(db)
    }
    await runMigrations(db, accessMigrations, silentLog)
    const { rows } = await sql<{ name: string; scopes: string[] }>`select name, scopes from api_keys`.execute(
      db,
    )
    const scopesOf = (name: string) => rows.find((row) => row.name === name)?.scopes ?? []
    expect(scopesOf('admin').toSorted()).toEqual([...permissions].toSorted())
    expect(scopesOf('reader')).toEqual([...(held['reader'] ?? []), 'gateway:read'])
    expect(scopesOf('invoke')).toEqual(['model:invoke'])
  })
})
