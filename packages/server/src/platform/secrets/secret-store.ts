import { randomBytes } from 'node:crypto'
import { AppError } from '@ratchet/contract'
import { systemClock, type Clock } from '../clock.ts'
import { newId, type MakeId } from '../ids.ts'
import type { Db, Trx } from '../postgres/database.ts'
import { transaction } from '../postgres/transaction.ts'
import { deriveKey, type MasterKey } from './master-key.ts'
import { addFirstKey, currentKey, keyById, type ProjectKeyRow } from './project-keys.ts'
import { seal, unseal } from './sealed-box.ts'

/** An encrypted secret as it stands in a table: both parts belong in the row. */
export type EncryptedSecret = { readonly keyId: string; readonly blob: Uint8Array }

/**
 * A feature's table with secrets. Within the transaction, `reencrypt` must pass every secret of the project
 * through `renew` and store what it returns; it returns how many there were.
 */
export type SecretHolder = {
  readonly name: string
  readonly reencrypt: (
    trx: Trx,
    project: string,
    renew: (recordId: string, secret: EncryptedSecret) => Promise<EncryptedSecret>,
  ) => Promise<number>
}

/** Encrypts credentials with a key per project, each wrapped by the master key. */
export type SecretStore = {
  readonly masterKeyId: string
  /** `recordId` is the id of the row that will hold the secret: it opens only there. */
  readonly encrypt: (project: string, recordId: string, plaintext: string) => Promise<EncryptedSecret>
  readonly decrypt: (project: string, recordId: string, secret: EncryptedSecret) => Promise<string>
  /** Makes a new project key and encrypts every secret with it, in one transaction. */
  readonly rotate: (project: string) => Promise<{ keyId: string; reencrypted: number }>
  /** Wraps every project key with another master key; use that one from the next start on. */
  readonly rewrap: (next: MasterKey) => Promise<number>
  /** A 32-byte key for one purpose outside the tables. */
  readonly deriveKey: (purpose: string) => Buffer
}

/** Makes the store; `holders` are the tables of all features that keep secrets. */
export function makeSecretStore(parts: {
  db: Db
  master: MasterKey
  holders: readonly SecretHolder[]
  clock?: Pick<Clock, 'now'>
  newId?: MakeId
}): SecretStore {
  const { db, master, holders } = parts
  const clock = parts.clock ?? systemClock
  const makeId = parts.newId ?? newId
  let currentMaster = master
  /** Unwrapped keys by id: they never change, and a project has few. */
  const unwrapped = new Map<string, Uint8Array>()

  function unwrap(row: ProjectKeyRow): Uint8Array {
    const known = unwrapped.get(row.id)
    if (known) return known
    if (row.master_key_id !== currentMaster.id) throw wrongMaster(row, currentMaster)
    const key = unseal(currentMaster.bytes, row.wrapped, wrapBinding(row))
    unwrapped.set(row.id, key)
    return key
  }

  function makeRow(project: string): ProjectKeyRow {
    const row = { id: makeId(), project_id: project, created_at: new Date(clock.now()), retired_at: null }
    const wrapped = seal(currentMaster.bytes, randomBytes(32), wrapBinding(row))
    return { ...row, wrapped, master_key_id: currentMaster.id }
  }

  function encryptWith(row: ProjectKeyRow, recordId: string, plaintext: string): EncryptedSecret {
    return {
      keyId: row.id,
      blob: seal(unwrap(row), Buffer.from(plaintext, 'utf8'), recordBinding(row, recordId)),
    }
  }

  function decryptWith(row: ProjectKeyRow, recordId: string, secret: EncryptedSecret): string {
    try {
      return Buffer.from(unseal(unwrap(row), secret.blob, recordBinding(row, recordId))).toString('utf8')
    } catch (cause) {
      if (cause instanceof AppError) throw cause
      throw new AppError('internal', {
        message: `The secret of record ${recordId} does not open: it was changed, or copied from another record. Enter the credential again.`,
        details: { recordId, keyId: secret.keyId },
        cause,
      })
    }
  }

  async function findKey(queries: Db | Trx, project: string, keyId: string): Promise<ProjectKeyRow> {
    const row = await keyById(queries, project, keyId)
    if (row) return row
    throw new AppError('internal', {
      message: `The key ${keyId} of project ${project} is missing, so its secrets cannot be opened. Restore the database from a backup, or enter the credentials again.`,
      details: { project, keyId },
    })
  }

  return {
    get masterKeyId() {
      return currentMaster.id
    },
    encrypt: async (project, recordId, plaintext) => {
      const row = (await currentKey(db, project)) ?? (await addFirstKey(db, makeRow(project)))
      return encryptWith(row, recordId, plaintext)
    },
    decrypt: async (project, recordId, secret) =>
      decryptWith(await findKey(db, project, secret.keyId), recordId, secret),
    rotate: (project) =>
      transaction(db, async (trx) => {
        const retired_at = new Date(clock.now())
        await trx
          .updateTable('project_keys')
          .set({ retired_at })
          .where('project_id', '=', project)
          .where('retired_at', 'is', null)
          .execute()
        const next = makeRow(project)
        await trx.insertInto('project_keys').values(next).execute()
        let reencrypted = 0
        for (const holder of holders) {
          reencrypted += await holder.reencrypt(trx, project, async (recordId, secret) => {
            const old = await findKey(trx, project, secret.keyId)
            return encryptWith(next, recordId, decryptWith(old, recordId, secret))
          })
        }
        return { keyId: next.id, reencrypted }
      }),
    rewrap: async (next) => {
      const count = await transaction(db, async (trx) => {
        const rows = await trx.selectFrom('project_keys').selectAll().forUpdate().execute()
        for (const row of rows) {
          const wrapped = seal(next.bytes, unwrap(row), wrapBinding(row))
          await trx
            .updateTable('project_keys')
            .set({ wrapped, master_key_id: next.id })
            .where('id', '=', row.id)
            .execute()
        }
        return rows.length
      })
      currentMaster = next
      return count
    },
    deriveKey: (purpose) => deriveKey(currentMaster, purpose),
  }
}

function wrapBinding(row: Pick<ProjectKeyRow, 'id' | 'project_id'>): string {
  return `project-key ${row.project_id} ${row.id}`
}

function recordBinding(row: Pick<ProjectKeyRow, 'project_id'>, recordId: string): string {
  return `secret ${row.project_id} ${recordId}`
}

function wrongMaster(row: ProjectKeyRow, master: MasterKey): AppError {
  const place = master.source === 'environment' ? 'RATCHET_MASTER_KEY' : 'master.key in the data folder'
  return new AppError('unavailable', {
    message: `The stored secrets were encrypted under master key ${row.master_key_id}, but ${place} is ${master.id}. Start with the master key that was used before.`,
    details: { expected: row.master_key_id, given: master.id },
  })
}
