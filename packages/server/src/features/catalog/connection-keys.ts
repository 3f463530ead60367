import { AppError, providerTable, type ConnectionKey } from '@ratchet/contract'
import type { Clock } from '#platform/clock.ts'
import type { MakeId } from '#platform/ids.ts'
import type { Db } from '#platform/postgres/database.ts'
import { transaction } from '#platform/postgres/transaction.ts'
import type { SecretStore } from '#platform/secrets/secret-store.ts'
import {
  deleteConnectionKeys,
  insertConnectionKey,
  listStoredKeys,
  type StoredConnectionKey,
} from './connection-key-store.ts'
import { previewOf, requireStored, showKey } from './connection-rules.ts'
import { clearTest, type StoredConnection } from './connection-store.ts'

const keyLimit = 50

/**
 * Keys of connections. Calls are spread over the keys of a connection, so a new key that is added before the old one
 * is removed takes over without a call that fails.
 */
export type ConnectionKeys = {
  readonly addKey: (project: string, name: string, apiKey: string) => Promise<ConnectionKey>
  readonly removeKey: (project: string, name: string, id: string) => Promise<void>
  readonly listKeys: (project: string, name: string) => Promise<ConnectionKey[]>
}

export type ConnectionKeysParts = {
  readonly db: Db
  readonly clock: Clock
  readonly makeId: MakeId
  readonly secrets: Pick<SecretStore, 'encrypt'>
  /** Throws `not_found` with the nearest names. */
  readonly find: (project: string, name: string) => Promise<StoredConnection>
  readonly changed: () => void
}

export function makeConnectionKeys(parts: ConnectionKeysParts): ConnectionKeys {
  const { db, find, changed } = parts
  return {
    addKey: async (project, name, apiKey) => {
      const connection = await find(project, name)
      requireStored(connection, 'changed')
      const key = await sealKey(parts, connection, apiKey)
      const held = await listStoredKeys(db, { connection: connection.id })
      if (held.length >= keyLimit) throw tooManyKeys(name)
      await transaction(db, async (trx) => {
        await insertConnectionKey(trx, key)
        await clearTest(trx, connection)
      })
      changed()
      return showKey(key)
    },
    removeKey: async (project, name, id) => {
      const connection = await find(project, name)
      requireStored(connection, 'changed')
      await transaction(db, async (trx) => {
        const held = await listStoredKeys(trx, { connection: connection.id })
        if (!held.some((key) => key.id === id)) throw keyNotFound(name, id, held)
        if (held.length === 1 && providerTable[connection.provider].auth !== 'none') throw lastKey(name)
        await deleteConnectionKeys(trx, connection.id, [id])
      })
      changed()
    },
    listKeys: async (project, name) => {
      const connection = await find(project, name)
      return (await listStoredKeys(db, { connection: connection.id })).map(showKey)
    },
  }
}

/** A key encrypted for the record that will hold it. */
export async function sealKey(
  { clock, makeId, secrets }: Pick<ConnectionKeysParts, 'clock' | 'makeId' | 'secrets'>,
  connection: Pick<StoredConnection, 'id' | 'project'>,
  apiKey: string,
): Promise<StoredConnectionKey> {
  const id = makeId()
  return {
    id,
    project: connection.project,
    connection: connection.id,
    secret: await secrets.encrypt(connection.project, id, apiKey),
    preview: previewOf(apiKey),
    addedAt: new Date(clock.now()),
    lastUsedAt: undefined,
  }
}

function tooManyKeys(name: string): AppError {
  return new AppError('conflict', {
    message: `The connection "${name}" has ${keyLimit} keys, which is the most. Remove one first: ratchet connections keys remove ${name} <key>`,
    details: { name, limit: keyLimit },
  })
}

function keyNotFound(name: string, id: string, held: readonly StoredConnectionKey[]): AppError {
  const list = held.map((key) => `…${key.preview} (${key.id})`).join(', ')
  return new AppError('not_found', {
    message: `The connection "${name}" has no key ${id}. It has: ${list || 'none'}.`,
    details: { name, key: id },
  })
}

function lastKey(name: string): AppError {
  return new AppError('conflict', {
    message: `This is the last key of "${name}", and its provider answers nobody without one. Add the new key first: ratchet connections keys add ${name}`,
    details: { name },
  })
}
