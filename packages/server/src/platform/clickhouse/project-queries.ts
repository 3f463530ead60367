import type { Parameters } from './bind-parameters.ts'
import { assertProjectScope } from './project-scope.ts'

/** How long and until when a query may run. */
export type QueryOptions = { readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number }
export type RunQuery = (
  sql: string,
  parameters: Parameters,
  options: QueryOptions,
) => Promise<Record<string, unknown>[]>

/** The only way to read: everything here sees one project's rows. */
export type ProjectQueries = {
  readonly project: string
  /** Starts a query on one table; `project = ...` is always its first condition. */
  readonly from: (table: string) => SelectQuery
  /** For joins, unions and CTEs: throws unless the text narrows every table by `project = {project:UUID}`. */
  readonly raw: <Row extends object>(
    sql: string,
    parameters?: Parameters,
    options?: QueryOptions,
  ) => Promise<Row[]>
}

/** A query under construction; each call returns a new one. Fragments are SQL of ours, values go into parameters. */
export type SelectQuery = {
  readonly select: (columns: readonly string[]) => SelectQuery
  readonly where: (condition: string, parameters?: Parameters) => SelectQuery
  readonly groupBy: (columns: readonly string[]) => SelectQuery
  readonly having: (condition: string, parameters?: Parameters) => SelectQuery
  readonly orderBy: (columns: readonly string[]) => SelectQuery
  readonly limitBy: (count: number, columns: readonly string[]) => SelectQuery
  readonly limit: (count: number) => SelectQuery
  /** The text and its parameters, for tests and EXPLAIN. */
  readonly toSql: () => { sql: string; parameters: Parameters }
  /** Runs it. `Row` is what the columns are known to hold: values are not checked again. */
  readonly rows: <Row extends object>(options?: QueryOptions) => Promise<Row[]>
  /** The first row, if any. */
  readonly first: <Row extends object>(options?: QueryOptions) => Promise<Row | undefined>
}

type Parts = {
  readonly table: string
  readonly columns: readonly string[]
  readonly conditions: readonly string[]
  readonly groups: readonly string[]
  readonly havings: readonly string[]
  readonly orders: readonly string[]
  readonly limitBy: string
  readonly limit: number | undefined
  readonly parameters: Parameters
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Makes the queries of one project. */
export function makeProjectQueries(project: string, run: RunQuery): ProjectQueries {
  if (!uuid.test(project)) throw new Error(`"${project}" is not a project id.`)
  return {
    project,
    from: (table) => {
      if (!/^[a-z][a-z0-9_]*$/.test(table)) throw new Error(`"${table}" is not a table name.`)
      const empty: Parts = {
        table,
        columns: ['*'],
        conditions: [],
        groups: [],
        havings: [],
        orders: [],
        limitBy: '',
        limit: undefined,
        parameters: { project },
      }
      return makeSelect(empty, run)
    },
    raw: async <Row extends object>(sql: string, parameters: Parameters = {}, options: QueryOptions = {}) => {
      assertProjectScope(sql)
      return (await run(sql, mergeParameters({ project }, parameters), options)) as Row[]
    },
  }
}

function makeSelect(parts: Parts, run: RunQuery): SelectQuery {
  const change = (more: Partial<Parts>) => makeSelect({ ...parts, ...more }, run)
  const adding = (parameters: Parameters | undefined) => mergeParameters(parts.parameters, parameters ?? {})
  const query: SelectQuery = {
    select: (columns) => change({ columns }),
    where: (condition, parameters) =>
      change({ conditions: [...parts.conditions, condition], parameters: adding(parameters) }),
    groupBy: (groups) => change({ groups }),
    having: (condition, parameters) =>
      change({ havings: [...parts.havings, condition], parameters: adding(parameters) }),
    orderBy: (orders) => change({ orders }),
    limitBy: (count, columns) => change({ limitBy: `LIMIT ${wholeNumber(count)} BY ${columns.join(', ')}` }),
    limit: (limit) => change({ limit: wholeNumber(limit) }),
    toSql: () => ({ sql: print(parts), parameters: parts.parameters }),
    rows: async <Row extends object>(options: QueryOptions = {}) => {
      const sql = print(parts)
      assertProjectScope(sql)
      return (await run(sql, parts.parameters, options)) as Row[]
    },
    first: async <Row extends object>(options: QueryOptions = {}) =>
      (await query.limit(1).rows<Row>(options))[0],
  }
  return query
}

function print(parts: Parts): string {
  // Project first: it leads every sort key, and a fragment with OR cannot widen it.
  const conditions = ['project = {project:UUID}', ...parts.conditions.map((condition) => `(${condition})`)]
  return [
    `SELECT ${parts.columns.join(', ')}`,
    `FROM ${parts.table}`,
    `WHERE ${conditions.join(' AND ')}`,
    parts.groups.length > 0 ? `GROUP BY ${parts.groups.join(', ')}` : '',
    parts.havings.length > 0 ? `HAVING ${parts.havings.map((having) => `(${having})`).join(' AND ')}` : '',
    parts.orders.length > 0 ? `ORDER BY ${parts.orders.join(', ')}` : '',
    parts.limitBy,
    parts.limit === undefined ? '' : `LIMIT ${parts.limit}`,
  ]
    .filter((line) => line !== '')
    .join('\n')
}

function mergeParameters(base: Parameters, more: Parameters): Parameters {
  for (const [name, value] of Object.entries(more)) {
    if (name in base && base[name] !== value) {
      throw new Error(`The query has two values for the parameter "${name}". Give one of them another name.`)
    }
  }
  return { ...base, ...more }
}

function wholeNumber(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`A limit must be a whole number, not ${value}.`)
  return value
}
