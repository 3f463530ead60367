import { SseParser } from '../../formats/sse-parser.ts'
import type { StreamReader } from '../codec.ts'
import type { NeutralEvent } from '../neutral-answer.ts'

/** The events of an event stream, its bytes cut at the given places. */
export function readStream(
  reader: StreamReader,
  bytes: Buffer,
  cuts: readonly number[] = [],
): readonly NeutralEvent[] {
  const parser = new SseParser()
  const events: NeutralEvent[] = []
  const places = [0, ...cuts.toSorted((one, other) => one - other), bytes.length]
  const take = (data: string | undefined, event: string) => {
    if (data !== undefined) events.push(...reader.take({ data, ...(event === '' ? {} : { event }) }))
  }
  for (let at = 1; at < places.length; at++) {
    for (const block of parser.push(bytes.subarray(places[at - 1], places[at]))) take(block.data, block.event)
  }
  const last = parser.end()
  if (last !== undefined) take(last.data, last.event)
  return [...events, ...reader.finish()]
}
