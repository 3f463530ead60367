import {
  AppError,
  type GatewayConfig,
  type LimitScope,
  type LimitUse,
  type Page,
  type PageQuery,
} from '@ratchet/contract'
import { periodAt } from '@ratchet/core/limits'
import type { Queries } from '#platform/postgres/database.ts'
import { decodeCursor, encodeCursor, keysetPage, type SortColumn } from '#platform/postgres/keyset-page.ts'
import type { RateUse } from './rate-board.ts'
import { subjectName } from './subject.ts'
import { readDays } from './spend-history.ts'
import { countUnpriced, type UnpricedCalls, type UnpricedUse } from './unpriced-calls.ts'
import { budgetRow, nanoOf, rateRow, unusedBudget, unusedLimit, type UseRow } from './use-rows.ts'

type Configured = Pick<GatewayConfig, 'limits' | 'budgets'>

export type UseParts = {
  readonly db: Queries
  readonly nowMs: number
  /** Rates in use now. */
  readonly rates: readonly RateUse[]
  readonly configOf: (project: string) => Promise<Configured>
  readonly keyNames: (project: string, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>
  readonly unpricedCalls: UnpricedCalls
  readonly log: { warn(details: object, message: string): void }
}

type Filter = PageQuery & {
  readonly kind?: 'limit' | 'budget' | undefined
  readonly name?: string | undefined
  readonly scope?: LimitScope | undefined
  readonly subject?: string | undefined
}

/** Cursors of the part that is in memory are told from those of the database by this. */
const memoryMark = 'm.'
const memoryOrder: readonly SortColumn[] = [
  { column: 'name', type: 'text' },
  { column: 'subject', type: 'text' },
]

/** Budgets from the ledger, then rates in use, then what is configured and unused, as one list. */
export async function listUse(parts: UseParts, project: string, filter: Filter): Promise<Page<LimitUse>> {
  if (filter.subject !== undefined && filter.scope === undefined) {
    throw new AppError('bad_request', {
      message: `"subject" is "${filter.subject}", but of what? Say it with "scope", such as scope=key.`,
      details: { subject: filter.subject },
    })
  }
  const config = await parts.configOf(project)
  const page = await pageOfRows(parts, config, project, filter)
  const ids = page.items.flatMap(({ scope, subject }) => (scope === 'key' ? [subject] : []))
  const names = ids.length === 0 ? new Map<string, string>() : await parts.keyNames(project, ids)
  return {
    ...page,
    items: page.items.map((row) => ({ ...row, ...subjectName(row.scope, row.subject, names) })),
  }
}

async function pageOfRows(
  parts: UseParts,
  config: Configured,
  project: string,
  filter: Filter,
): Promise<Page<UseRow>> {
  const { cursor, limit } = filter
  if (cursor?.startsWith(memoryMark) === true || filter.kind === 'limit') {
    const after = cursor === undefined ? undefined : decodeCursor(cursor.replace(memoryMark, ''), memoryOrder)
    return memoryPage(await inMemory(parts, config, project, filter), after, limit)
  }
  const budgets = await budgetPage(parts, config, project, filter)
  if (budgets.nextCursor !== undefined) return budgets
  const rest = limit - budgets.items.length
  const more = await inMemory(parts, config, project, filter)
  // A page cannot be empty and go on, so the mark of its beginning is the empty name.
  if (rest === 0 && more.length > 0) {
    return { items: budgets.items, nextCursor: memoryMark + encodeCursor(memoryOrder, ['', '']) }
  }
  const tail = memoryPage(more, undefined, rest)
  return { ...tail, items: [...budgets.items, ...tail.items] }
}

async function budgetPage(
  parts: UseParts,
  config: Configured,
  project: string,
  { name, scope, subject, limit, cursor }: Filter,
): Promise<Page<UseRow>> {
  const { db, nowMs } = parts
  let query = db
    .selectFrom('budget_accounts')
    .select(['budget', 'subject', 'period', 'limit_nano', 'spent_nano'])
    .where('project_id', '=', project)
    .where('period', 'in', currentPeriods(nowMs))
  if (name !== undefined) query = query.where('budget', '=', name)
  if (scope !== undefined) {
    query =
      subject === undefined
        ? query.where('subject', 'like', `${scope}:%`)
        : query.where('subject', '=', `${scope}:${subject}`)
  }
  const by: readonly SortColumn[] = [
    { column: 'budget', type: 'text' },
    { column: 'subject', type: 'text' },
    { column: 'period', type: 'text' },
  ]
  const rows = await keysetPage(query, { by, direction: 'asc', limit, cursor })
  const history = await readDays({ db, nowMs }, project, rows.items)
  const unpriced = rows.items.length === 0 ? [] : await readUnpriced(parts, project)
  const budgets = new Map(config.budgets.map((budget) => [budget.name, budget]))
  return {
    ...rows,
    items: rows.items.map((row) => {
      const spent = Number(row.spent_nano)
      const days = history.get(`${row.budget} ${row.subject}`) ?? new Map<string, number>()
      const configured = budgets.get(row.budget)
      const unpricedCalls = countUnpriced(unpriced, row)
      return {
        ...budgetRow({ name: row.budget, subject: row.subject, period: row.period, nowMs }, spent, days),
        limit: configured === undefined ? Number(row.limit_nano) : nanoOf(configured.limitUsd),
        ...(configured === undefined ? {} : { action: configured.action }),
        ...(unpricedCalls === 0 ? {} : { unpricedCalls }),
      }
    }),
  }
}

/** Without spans the list says nothing of them: what is spent is in the ledger. */
async function readUnpriced(
  { unpricedCalls, nowMs, log }: UseParts,
  project: string,
): Promise<readonly UnpricedUse[]> {
  try {
    return await unpricedCalls(project, nowMs)
  } catch (error) {
    log.warn({ error, project }, 'spans could not tell which calls had no price')
    return []
  }
}

/** Rates in use, and what is configured and nobody has used yet. */
async function inMemory(
  { db, nowMs, rates }: UseParts,
  config: Configured,
  project: string,
  { kind, name, scope, subject }: Filter,
): Promise<UseRow[]> {
  const rows = kind === 'budget' ? [] : rates.map((rate) => rateRow(rate, nowMs))
  const used = new Set(rates.map((rate) => rate.name))
  if (kind !== 'budget') {
    rows.push(...config.limits.filter((limit) => !used.has(limit.name)).map(unusedLimit))
  }
  if (kind !== 'limit') {
    const spending = await db
      .selectFrom('budget_accounts')
      .select('budget')
      .distinct()
      .where('project_id', '=', project)
      .where('period', 'in', currentPeriods(nowMs))
      .execute()
    const known = new Set(spending.map((row) => row.budget))
    rows.push(
      ...config.budgets
        .filter((budget) => !known.has(budget.name))
        .map((budget) => unusedBudget(budget, nowMs)),
    )
  }
  const wanted = rows.filter(
    (row) =>
      (name === undefined || row.name === name) &&
      (scope === undefined || row.scope === scope) &&
      (subject === undefined || row.subject === subject),
  )
  return wanted.toSorted((a, b) => compare([a.name, a.subject], [b.name, b.subject]))
}

function memoryPage(
  rows: readonly UseRow[],
  after: readonly string[] | undefined,
  limit: number,
): Page<UseRow> {
  const from = after === undefined ? rows : rows.filter((row) => compare([row.name, row.subject], after) > 0)
  const items = from.slice(0, limit)
  const last = items.at(-1)
  if (from.length <= limit || last === undefined) return { items }
  return { items, nextCursor: memoryMark + encodeCursor(memoryOrder, [last.name, last.subject]) }
}

function currentPeriods(nowMs: number): string[] {
  return [periodAt('day', nowMs).name, periodAt('month', nowMs).name]
}

function compare(a: readonly string[], b: readonly string[]): number {
  for (let place = 0; place < a.length; place++) {
    const [one = '', other = ''] = [a[place], b[place]]
    if (one !== other) return one < other ? -1 : 1
  }
  return 0
}
