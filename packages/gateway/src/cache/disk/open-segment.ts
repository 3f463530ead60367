import type { AnswerFiles } from './answer-files.ts'
import type { AnswerPlaces, Segment } from './answer-places.ts'
import type { SemanticIndex } from '../semantic/semantic-index.ts'
import { decodeRecord } from './segment-record.ts'
import { restoreQuestion } from './stored-question.ts'

export type OpenedSegment = {
  readonly segment: Segment
  /** False when reading ended at a record that is not whole. */
  readonly isWhole: boolean
}

/** Where what is found in segments is noted. */
export type SegmentNotes = {
  readonly places: AnswerPlaces
  /** Of questions that similar ones find; absent where nobody asks it. */
  readonly index: SemanticIndex | undefined
  /** Segments of another process come after those that were written later. */
  readonly isAdopted: boolean
  readonly nowMs: number
}

/** Opens a segment that an earlier process has left, and notes its answers and their questions. Throws when it cannot be read. */
export async function openSegment(
  files: AnswerFiles,
  name: string,
  notes: SegmentNotes,
): Promise<OpenedSegment> {
  const file = await files.open(name)
  try {
    const segment: Segment = { name, file, sizeBytes: await file.sizeBytes(), keys: [] }
    const bytes = await file.read(0, segment.sizeBytes)
    return { segment, isWhole: noteAnswers(segment, bytes, notes) }
  } catch (error) {
    await file.close()
    throw error
  }
}

function noteAnswers(
  segment: Segment,
  bytes: Buffer,
  { places, index, isAdopted, nowMs }: SegmentNotes,
): boolean {
  let offset = 0
  while (offset < bytes.length) {
    const record = decodeRecord(bytes, offset)
    if (record === undefined) return false
    const { head, lengthBytes } = record
    if (head.kind === 'forget') {
      const keys = places.forget(head.filter)
      index?.forget(new Set(keys))
    } else if (head.facts.expiresAtMs > nowMs) {
      const where = { segment, offset, lengthBytes }
      if (isAdopted) places.setNewer(head.key, head.facts, where)
      else places.set(head.key, head.facts, where)
      const question = head.question === undefined ? undefined : restoreQuestion(head.question)
      if (question !== undefined) index?.add(question, head.key)
    }
    offset += lengthBytes
  }
  return true
}
