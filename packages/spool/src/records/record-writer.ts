import { isNativeError } from 'node:util/types'
import { hasRoomFor, hasRoomForBodies, type DiskBudget } from '../segments/disk-budget.ts'
import type { SegmentWriter } from '../segments/segment-writer.ts'
import { findRecordProblem, type SpanDraft } from './span-record.ts'
import type { SpoolCounters } from '../spool-stats.ts'
import { LineBuffer } from './line-buffer.ts'
import { writeRecord, type BodyMode } from './write-record.ts'

type RecordWriterParts = {
  readonly segments: SegmentWriter
  readonly budget: DiskBudget
  readonly counters: SpoolCounters
  readonly bodyLimitBytes: number
  /** Called after each commit that wrote something. */
  readonly onCommit: () => void
  /** Turns of the event loop in which records gather before they are written. */
  readonly turns: () => number
  /** Told what a caller threw when its `done` ran. */
  readonly onListenerError: (error: unknown) => void
}

/**
 * Collects the records of one event-loop turn, of several under load, and writes them with one system call (group
 * commit), then tells each caller. Never throws: a record that cannot be written is counted, and its caller goes on.
 */
export class RecordWriter {
  readonly #parts: RecordWriterParts
  #records: SpanDraft[] = []
  /** Beside the records and not in objects with them: closures in fields make V8 promote what they hold. */
  #listeners: (() => void)[] = []
  readonly #lines = new LineBuffer()
  #turnsLeft = 0
  readonly #turn = (): void => {
    this.#turnsLeft -= 1
    if (this.#turnsLeft > 0) setImmediate(this.#turn)
    else this.flush()
  }

  constructor(parts: RecordWriterParts) {
    this.#parts = parts
  }

  /** `done` runs after the write, also when the record had to be dropped; it should not throw. */
  append(record: SpanDraft, done?: () => void): void {
    if (this.#records.length === 0) {
      this.#turnsLeft = this.#parts.turns()
      setImmediate(this.#turn)
    }
    this.#records.push(record)
    if (done !== undefined) this.#listeners.push(done)
  }

  flush(): void {
    const records = this.#records
    if (records.length === 0) return
    const listeners = this.#listeners
    this.#records = []
    this.#listeners = []
    this.#write(records.every(hasNoProblem) ? records : records.filter((record) => this.#isValid(record)))
    for (const done of listeners) {
      try {
        done()
      } catch (error) {
        // The others wait for their turn; without it their requests would never be answered.
        this.#parts.onListenerError(error)
      }
    }
  }

  #write(records: readonly SpanDraft[]): void {
    if (records.length === 0) return
    const { budget, bodyLimitBytes } = this.#parts
    if (hasRoomForBodies(budget) && this.#tryWrite(records, { kind: 'keep', limitBytes: bodyLimitBytes }))
      return
    if (this.#tryWrite(records, { kind: 'drop' })) return
    this.#parts.counters.droppedRecords += records.length
  }

  #tryWrite(records: readonly SpanDraft[], bodies: BodyMode): boolean {
    const { segments, budget, counters } = this.#parts
    let sizeBytes: number
    try {
      this.#lines.clear()
      for (const record of records) writeRecord(this.#lines, record, bodies)
      const { lines } = this.#lines
      sizeBytes = lines.length
      if (!hasRoomFor(budget, sizeBytes))
        throw new Error(`the spool is at its limit of ${budget.limitBytes} bytes`)
      segments.append(lines)
    } catch (error) {
      counters.writeError = isNativeError(error) ? error.message : String(error)
      return false
    }
    budget.usedBytes += sizeBytes
    counters.writtenRecords += records.length
    counters.pendingRecords += records.length
    if (bodies.kind === 'drop') counters.droppedBodies += records.length
    else counters.writeError = undefined
    this.#parts.onCommit()
    return true
  }

  #isValid(record: SpanDraft): boolean {
    const problem = findRecordProblem(record)
    if (problem === undefined) return true
    this.#parts.counters.droppedRecords += 1
    this.#parts.counters.writeError = `span "${record.name}" was dropped: ${problem}`
    return false
  }
}

function hasNoProblem(record: SpanDraft): boolean {
  return findRecordProblem(record) === undefined
}
