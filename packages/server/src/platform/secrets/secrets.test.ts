import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { eachPostgres } from '../../../../../test/harness/each-postgres.ts'
import type { Migration } from '../postgres/migrations.ts'
import type { Postgres } from '../postgres/open-postgres.ts'
import { deriveKey, loadMasterKey, makeMasterKey } from './master-key.ts'
import { projectKeysMigration } from './project-keys.ts'
import { seal, unseal } from './sealed-box.ts'
import { makeSecretStore, type SecretHolder } from './secret-store.ts'

describe('the master key', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ratchet-key-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('is made once, for its owner only, and is the same at the next start', async () => {
    const [one, ...others] = await Promise.all([1, 2, 3].map(() => loadMasterKey({ dataFolder: folder })))
    for (const other of others) expect(other).toEqual(one)
    expect(await loadMasterKey({ dataFolder: folder })).toEqual(one)
    expect(readdirSync(folder)).toEqual(['master.key'])
    expect(statSync(join(folder, 'master.key')).mode & 0o777).toBe(0o600)
    expect(one?.id).toMatch(/^[0-9a-f]{16}$/)
  })

  test('comes from the environment as base64 or hex', async () => {
    const bytes = randomBytes(32)
    const load = (fromEnvironment: string) => loadMasterKey({ dataFolder: folder, fromEnvironment })
    expect((await load(bytes.toString('base64'))).bytes).toEqual(bytes)
    expect((await load(` ${bytes.toString('hex')}\n`)).bytes).toEqual(bytes)
  })

  test('that is too short is refused without being shown', async () => {
    const error = (await loadMasterKey({ dataFolder: folder, fromEnvironment: 'c2hvcnRrZXk=' }).catch(
      (e: unknown) => e,
    )) as Error
    expect(error.message).toMatch(/RATCHET_MASTER_KEY must be 32 bytes.*holds 8 bytes.*openssl rand/)
    expect(error.message).not.toContain('c2hvcnRrZXk')
  })

  test('that others can read is refused with the command that closes it', async () => {
    await loadMasterKey({ dataFolder: folder })
    chmodSync(join(folder, 'master.key'), 0o644)
    await expect(loadMasterKey({ dataFolder: folder })).rejects.toThrow(/mode 644.*chmod 600/)
  })

  test('file that is damaged is refused and left alone', async () => {
    const file = join(folder, 'master.key')
    writeFileSync(file, 'half', { mode: 0o600 })
    await expect(loadMasterKey({ dataFolder: folder })).rejects.toThrow(/must be 32 bytes/)
    expect(readFileSync(file, 'utf8')).toBe('half')
  })

  test('derives keys that differ by purpose and stay the same', () => {
    const master = makeMasterKey(Buffer.alloc(32, 1), 'file')
    expect(deriveKey(master, 'snapshot')).toEqual(deriveKey(master, 'snapshot'))
    expect(deriveKey(master, 'snapshot')).not.toEqual(deriveKey(master, 'token'))
  })
})

test('a sealed value opens only whole, with its key and its record', () => {
  const key = randomBytes(32)
  fc.assert(
    fc.property(fc.uint8Array(), fc.string(), fc.nat(), (plain, bound, at) => {
      const box = seal(key, plain, bound)
      expect(unseal(key, box, bound)).toEqual(plain)
      expect(() => unseal(key, box, `${bound}x`)).toThrow(/./)
      expect(() => unseal(randomBytes(32), box, bound)).toThrow(/./)
      const changed = Uint8Array.from(box)
      changed[at % box.length]! ^= 1
      expect(() => unseal(key, changed, bound)).toThrow(/./)
      expect(() => unseal(key, box.slice(0, -1), bound)).toThrow(/./)
    }),
  )
})

declare module '#platform/postgres/database.ts' {
  interface Database {
    test_credentials: { id: string; project_id: string; key_id: string; blob: Uint8Array }
  }
}
const credentials: Migration = {
  id: '0003-test-credentials',
  up: async (trx) =>
    void (await sql`create table test_credentials (id text primary key, project_id uuid, key_id uuid, blob bytea)`.execute(
      trx,
    )),
}
const holder: SecretHolder = {
  name: 'test_credentials',
  reencrypt: async (trx, project, renew) => {
    const rows = await trx
      .selectFrom('test_credentials')
      .selectAll()
      .where('project_id', '=', project)
      .execute()
    for (const row of rows) {
      const { keyId, blob } = await renew(row.id, { keyId: row.key_id, blob: row.blob })
      await trx
        .updateTable('test_credentials')
        .set({ key_id: keyId, blob })
        .where('id', '=', row.id)
        .execute()
    }
    return rows.length
  },
}

eachPostgres((open) => {
  const project = '0192aaaa-0000-7000-8000-000000000001'
  const master = makeMasterKey(randomBytes(32), 'file')
  let postgres: Postgres
  beforeAll(async () => {
    postgres = await open([projectKeysMigration, credentials])
  })
  const store = () => makeSecretStore({ db: postgres.db, master, holders: [holder] })

  test('a secret opens in its record only, also after a restart', async () => {
    const secret = await store().encrypt(project, 'record-1', 'sk-héllo')
    expect(await store().decrypt(project, 'record-1', secret)).toBe('sk-héllo')
    await expect(store().decrypt(project, 'record-2', secret)).rejects.toThrow(
      /record record-2 does not open/,
    )
    const other = project.replace(/1$/, '2')
    await expect(store().decrypt(other, 'record-1', secret)).rejects.toThrow(/is missing/)
    expect(Buffer.from(secret.blob).toString('latin1')).not.toContain('sk-')
  })

  test('first secrets of a project at the same time share one key', async () => {
    const fresh = project.replace(/1$/, '9')
    const secrets = await Promise.all(['a', 'b', 'c', 'd'].map((id) => store().encrypt(fresh, id, id)))
    expect(new Set(secrets.map((secret) => secret.keyId)).size).toBe(1)
  })

  test('rotation encrypts every secret with a new key, or none when one fails', async () => {
    const secrets = store()
    for (const id of ['x', 'y']) {
      const { keyId, blob } = await secrets.encrypt(project, id, `secret of ${id}`)
      await postgres.db
        .insertInto('test_credentials')
        .values({ id, project_id: project, key_id: keyId, blob })
        .execute()
    }
    const rows = () => postgres.db.selectFrom('test_credentials').selectAll().orderBy('id').execute()
    const before = await rows()
    const failing = makeSecretStore({
      db: postgres.db,
      master,
      holders: [holder, { name: 'broken', reencrypt: () => Promise.reject(new Error('no')) }],
    })
    await expect(failing.rotate(project)).rejects.toThrow('no')
    expect(await rows()).toEqual(before)
    const { keyId, reencrypted } = await secrets.rotate(project)
    expect(reencrypted).toBe(2)
    const after = await rows()
    expect(after.map((row) => row.key_id)).toEqual([keyId, keyId])
    for (const row of after) {
      expect(await secrets.decrypt(project, row.id, { keyId: row.key_id, blob: row.blob })).toBe(
        `secret of ${row.id}`,
      )
    }
    expect((await secrets.encrypt(project, 'z', '')).keyId).toBe(keyId)
  })

  test('a new master key takes over all project keys; the old one is then refused with what to do', async () => {
    const secret = await store().encrypt(project, 'r', 'kept')
    const next = makeMasterKey(randomBytes(32), 'environment')
    expect(await store().rewrap(next)).toBeGreaterThan(1)
    const renewed = makeSecretStore({ db: postgres.db, master: next, holders: [] })
    expect(await renewed.decrypt(project, 'r', secret)).toBe('kept')
    await expect(store().decrypt(project, 'r', secret)).rejects.toThrow(
      /Start with the master key that was used before/,
    )
  })
})
