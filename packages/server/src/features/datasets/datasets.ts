import { suggestNames } from '@ratchet/core/graph'
import { AppError, type Dataset, type DatasetItem, type Page, type PageQuery } from '@ratchet/contract'
import type { Clock } from '#platform/clock.ts'
import type { Db } from '#platform/postgres/database.ts'
import { isUniqueViolation, transaction } from '#platform/postgres/transaction.ts'
import { versionRows } from './dataset-version.ts'
import {
  findVersion,
  insertVersion,
  listNames,
  listNewest,
  listRows,
  readRows,
  touchVersion,
} from './store.ts'

/** Versioned rows of questions and expectations. A version never changes. */
export type Datasets = {
  /** Stores rows; `created` is false when exactly these rows were already there. */
  readonly put: (
    project: string,
    given: { name: string; items: readonly DatasetItem[] },
  ) => Promise<{ dataset: Dataset; created: boolean }>
  readonly list: (project: string, page: PageQuery) => Promise<Page<Dataset>>
  /** A version, or the one put last. Throws `not_found` with the nearest names. */
  readonly find: (project: string, name: string, version?: string) => Promise<Dataset>
  readonly listItems: (
    project: string,
    name: string,
    page: PageQuery & { version?: string | undefined },
  ) => Promise<Page<DatasetItem>>
  readonly readItems: (project: string, name: string, version: string) => Promise<DatasetItem[]>
}

/** Makes the datasets feature over the relational engine. */
export function makeDatasets({ db, clock }: { db: Db; clock: Pick<Clock, 'now'> }): Datasets {
  async function find(project: string, name: string, version?: string): Promise<Dataset> {
    const found = await findVersion(db, { project, name }, version)
    if (found) return found
    const names = await listNames(db, project)
    const hint = names.includes(name)
      ? `The dataset has other versions, but not ${version?.slice(0, 12)}.`
      : suggestNames(name, names) || 'Put it first: an evaluation file does so with its rows.'
    throw new AppError('not_found', {
      message: `No dataset "${name}"${version === undefined ? '' : ` of version ${version.slice(0, 12)}`}. ${hint}`,
      details: { name, version },
    })
  }

  return {
    put: async (project, { name, items }) => {
      const versioned = versionRows(items)
      const now = new Date(clock.now())
      const store = () =>
        transaction(db, async (trx) => {
          if (await touchVersion(trx, { project, name }, versioned.version, now)) return false
          const ids = items.map((item) => item.id)
          await insertVersion(trx, { project, name }, versioned, { ids, now })
          return true
        })
      // Two callers may put the same rows at once: the second then finds them there.
      const created = await store().catch((error: unknown) => {
        if (isUniqueViolation(error)) return store()
        throw error
      })
      return { dataset: await find(project, name, versioned.version), created }
    },
    list: (project, page) => listNewest(db, project, page),
    find,
    listItems: async (project, name, page) => {
      const { version } = await find(project, name, page.version)
      return listRows(db, { project, name, version }, page)
    },
    readItems: (project, name, version) => readRows(db, { project, name, version }),
  }
}
