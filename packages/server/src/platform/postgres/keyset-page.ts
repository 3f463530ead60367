import { createHash } from 'node:crypto'
import { AppError, type Page } from '@ratchet/contract'
import { sql, type SelectQueryBuilder } from 'kysely'
import { z } from 'zod'

/** One sort column, as `table.column` or `column`, with its SQL type (cursors carry values as text). */
export type SortColumn = {
  readonly column: string
  readonly type: 'timestamptz' | 'uuid' | 'text' | 'int8' | 'int4' | 'numeric' | 'float8' | 'date'
}

const cursorShape = z.tuple([z.array(z.string()), z.string()])

/**
 * Reads one page of a query, sorted by `by` (the last column must be unique, and none may be null).
 * Pages stay right while rows are added: the cursor holds the last row's values, not a count.
 */
export async function keysetPage<DB, Table extends keyof DB, Row extends object>(
  query: SelectQueryBuilder<DB, Table, Row>,
  options: {
    by: readonly SortColumn[]
    direction: 'asc' | 'desc'
    limit: number
    cursor?: string | undefined
  },
): Promise<Page<Row>> {
  const { by, direction, limit } = options
  let paged = query.select(by.map((sort, index) => asText(sort).as(cursorName(index))))
  if (options.cursor !== undefined) {
    const values = decodeCursor(options.cursor, by)
    const columns = sql.join(by.map((sort) => sql.ref(sort.column)))
    // Typed through text: the drivers would otherwise guess a type from the JavaScript value.
    const bounds = sql.join(values.map((value, index) => cast(sql`${value}::text`, by[index])))
    const compare = direction === 'asc' ? sql.raw('>') : sql.raw('<')
    paged = paged.where(sql<boolean>`(${columns}) ${compare} (${bounds})`)
  }
  for (const sort of by) paged = paged.orderBy(sql.ref(sort.column), direction)
  const rows = (await paged.limit(limit + 1).execute()) as Record<string, unknown>[]
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const nextCursor =
    rows.length > limit && last !== undefined
      ? encodeCursor(
          by,
          by.map((_, index) => String(last[cursorName(index)])),
        )
      : undefined
  for (const item of items) by.forEach((_, index) => delete item[cursorName(index)])
  return { items: items as Row[], ...(nextCursor === undefined ? {} : { nextCursor }) }
}

/** Packs sort values into an opaque text, bound to the columns it was made for. */
export function encodeCursor(by: readonly SortColumn[], values: readonly string[]): string {
  return Buffer.from(JSON.stringify([values, checksum(by, values)])).toString('base64url')
}

/** Unpacks a cursor; anything that we did not make for this list is a `bad_request`. */
export function decodeCursor(cursor: string, by: readonly SortColumn[]): string[] {
  try {
    const [values, sum] = cursorShape.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
    if (values.length === by.length && sum === checksum(by, values)) return values
  } catch {
    // Falls through to the one message that helps.
  }
  throw new AppError('bad_request', {
    message: `The cursor "${cursor.slice(0, 40)}" is not from this list. Use nextCursor of the page before, unchanged, or leave it out to start at the first page.`,
    details: { cursor },
  })
}

function checksum(by: readonly SortColumn[], values: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([by.map((sort) => [sort.column, sort.type]), values]))
    .digest('base64url')
    .slice(0, 8)
}

function cast(value: ReturnType<typeof sql>, sort: SortColumn | undefined) {
  return sql`cast(${value} as ${sql.raw(sort?.type ?? 'text')})`
}

function asText(sort: SortColumn) {
  return sql<string>`${sql.ref(sort.column)}::text`
}

function cursorName(index: number): string {
  return `ratchet_cursor_${index}`
}
