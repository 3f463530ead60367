import { createHash } from 'node:crypto'

/** A row with what names it: a batch of the same rows must get the same token. */
export type PlacedRow = { readonly position: number; readonly repeat: number; readonly round: number }

/** Joins results into batches; a resolved `write` is stored. Fails when storing fails: the job then runs again. */
export type ResultWriter<Row extends PlacedRow> = {
  readonly write: (row: Row) => Promise<void>
  /** Stores what waits. */
  readonly flush: () => Promise<void>
}

const maxRows = 200
const maxDelayMs = 200

export function makeResultWriter<Row extends PlacedRow>(
  evaluation: string,
  insert: (rows: readonly Row[], token: string) => Promise<void>,
): ResultWriter<Row> {
  let waiting: Row[] = []
  let turn = Promise.withResolvers<void>()
  let timer: NodeJS.Timeout | undefined

  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (waiting.length === 0) return
    const rows = waiting
    const done = turn
    waiting = []
    turn = Promise.withResolvers()
    // Whoever wrote a row holds the promise too; this keeps it from counting as unhandled as well.
    done.promise.catch(() => undefined)
    await insert(rows, tokenOf(evaluation, rows)).then(done.resolve, done.reject)
  }

  return {
    write: (row) => {
      waiting.push(row)
      const { promise } = turn
      if (waiting.length >= maxRows) void flush()
      else timer ??= setTimeout(() => void flush(), maxDelayMs)
      return promise
    },
    flush,
  }
}

function tokenOf(evaluation: string, rows: readonly PlacedRow[]): string {
  const places = rows.map(({ position, repeat, round }) => [position, repeat, round])
  return createHash('sha256')
    .update(JSON.stringify([evaluation, places]))
    .digest('hex')
}
