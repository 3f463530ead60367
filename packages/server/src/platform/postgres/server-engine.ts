import { AppError } from '@ratchet/contract'
import { PostgresDialect, type Dialect } from 'kysely'
import { Pool, types } from 'pg'
import type { Log } from '../log.ts'
import { withoutPassword } from '../without-password.ts'
import { arrayTypes, valueParsers } from './value-parsers.ts'

const connectTimeoutMs = 10_000
/** Nothing of ours runs longer in one statement; migrations lift this themselves. */
const statementTimeoutMs = 60_000

/** Connects to a PostgreSQL server and checks that it answers and is new enough (15 or later). */
export async function connectServer(parts: {
  databaseUrl: string
  maxConnections: number
  log: Log
}): Promise<{ dialect: Dialect; stop: () => Promise<void> }> {
  const pool = new Pool({
    connectionString: parts.databaseUrl,
    max: parts.maxConnections,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    application_name: 'ratchet',
    types: { getTypeParser },
  })
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) =>
    parts.log.warn({ error }, 'A database connection broke; a new one will be made'),
  )
  try {
    await checkServer(pool, parts.databaseUrl)
  } catch (error) {
    await pool.end()
    throw error
  }
  return { dialect: new PostgresDialect({ pool }), stop: () => pool.end() }
}

async function checkServer(pool: Pool, databaseUrl: string): Promise<void> {
  const shown = withoutPassword(databaseUrl)
  let version: number
  try {
    const result = await pool.query<{ version: string }>(
      "select current_setting('server_version_num') as version",
    )
    version = Number(result.rows[0]?.version)
  } catch (cause) {
    const reason = cause instanceof Error && cause.message ? cause.message : String(cause)
    throw new AppError('unavailable', {
      message: `Cannot use DATABASE_URL "${shown}": ${reason}. Check that PostgreSQL runs there and that the user and database exist; unset DATABASE_URL to use the embedded database.`,
      details: { databaseUrl: shown },
      cause,
    })
  }
  if (version < 150_000) {
    throw new AppError('unavailable', {
      message: `PostgreSQL at "${shown}" is version ${Math.floor(version / 10_000)}; Ratchet needs 15 or later. Upgrade it, or unset DATABASE_URL to use the embedded database.`,
      details: { databaseUrl: shown, version },
    })
  }
}

type Parse = (text: string) => unknown

function getTypeParser(typeId: number, format?: 'text' | 'binary'): Parse {
  const fallback = types.getTypeParser(typeId, format === 'binary' ? 'binary' : 'text') as Parse
  if (format === 'binary') return fallback
  const elementType = arrayTypes[typeId]
  if (elementType !== undefined) return makeArrayParser(valueParsers[elementType] ?? fallback)
  return valueParsers[typeId] ?? fallback
}

function makeArrayParser(parseElement: Parse): Parse {
  // text[] is read by pg itself; its elements are then the texts that our parsers read.
  const parseTexts = types.getTypeParser(1009 as number, 'text') as (text: string) => unknown[]
  const parseDeep = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(parseDeep)
    return typeof value === 'string' ? parseElement(value) : null
  }
  return (text) => parseTexts(text).map(parseDeep)
}
