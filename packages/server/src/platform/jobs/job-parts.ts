import type { PgBoss } from 'pg-boss'
import type { Clock } from '../clock.ts'
import type { MakeId } from '../ids.ts'
import type { Log } from '../log.ts'
import type { Db } from '../postgres/database.ts'

/** Why a running job's signal aborts. */
export type AbortReason = 'cancelled' | 'stopping'

/** What the pieces of the job queue share. */
export type JobParts = {
  readonly db: Db
  readonly boss: PgBoss
  readonly log: Log
  readonly clock: Clock
  readonly newId: MakeId
  readonly random: () => number
  /** The queue entries running in this process, with what aborts them. */
  readonly running: Map<string, (reason: AbortReason) => void>
  /** Aborted once the server stops: nothing new begins. */
  readonly stopping: AbortSignal
}
