import type { AnswerFiles } from './answer-files.ts'
import type { AnswerPlaces, Segment } from './answer-places.ts'
import { decodeRecord } from './segment-record.ts'

export type OpenedSegment = {
  readonly segment: Segment
  /** False when reading ended at a record that is not whole. */
  readonly isWhole: boolean
}

/** Opens a segment that an earlier process has left, and notes the places of its answers. Throws when it cannot be read. */
export async function openSegment(
  files: AnswerFiles,
  name: string,
  { places, nowMs }: { readonly places: AnswerPlaces; readonly nowMs: number },
): Promise<OpenedSegment> {
  const file = await files.open(name)
  try {
    const segment: Segment = { name, file, sizeBytes: await file.sizeBytes(), keys: [] }
    const bytes = await file.read(0, segment.sizeBytes)
    return { segment, isWhole: notePlaces(segment, bytes, { places, nowMs }) }
  } catch (error) {
    await file.close()
    throw error
  }
}

function notePlaces(
  segment: Segment,
  bytes: Buffer,
  { places, nowMs }: { readonly places: AnswerPlaces; readonly nowMs: number },
): boolean {
  let offset = 0
  while (offset < bytes.length) {
    const record = decodeRecord(bytes, offset)
    if (record === undefined) return false
    const { head, lengthBytes } = record
    if (head.kind === 'forget') places.forget(head.filter)
    else if (head.facts.expiresAtMs > nowMs)
      places.set(head.key, head.facts, { segment, offset, lengthBytes })
    offset += lengthBytes
  }
  return true
}
