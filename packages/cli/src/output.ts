import type { Io } from './io.ts'
import { makePaint, wantsColour, type Paint } from './render/paint.ts'
import { makeProgress, type Progress } from './render/progress.ts'
import { renderTable, type Column } from './render/table.ts'

/** How a verb speaks: its result on stdout (once), everything else on stderr. */
export type Output = {
  readonly isJson: boolean
  readonly paint: Paint
  /** The result: one JSON document with --json, else the text. */
  result(document: unknown, text: () => string): void
  /** A piece of the result while it is made; nothing with --json. */
  stream(text: string): void
  /** A remark for the person watching. */
  note(text: string): void
  progress(title: string): Progress
  table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string
}

export function makeOutput(io: Io, isJson: boolean): Output {
  const paint = makePaint(wantsColour(io.stdout.isTerminal, io.environment))
  const errorPaint = makePaint(wantsColour(io.stderr.isTerminal, io.environment))
  return {
    isJson,
    paint,
    result(document, text) {
      const shown = isJson
        ? JSON.stringify(document, undefined, io.stdout.isTerminal ? 2 : undefined)
        : text()
      if (shown !== '') io.stdout.write(shown.endsWith('\n') ? shown : `${shown}\n`)
    },
    stream(text) {
      if (!isJson) io.stdout.write(text)
    },
    note: (text) => io.stderr.write(`${errorPaint.dim(text)}\n`),
    progress: (title) => makeProgress(io.stderr, title),
    table: (rows, columns) => renderTable(rows, columns, { paint, maxWidth: io.stdout.columns }),
  }
}
