import type { StreamEvent } from '../neutral/codec.ts'
import type { FormatName } from '../neutral/content.ts'
import { EventStreamDecoder } from '../formats/bedrock/event-stream.ts'
import { SseParser, type SseBlock } from '../formats/sse-parser.ts'

/** Cuts the bytes of a provider's stream into events. Throws RangeError for what is no stream of its format. */
export type StreamFramer = {
  readonly push: (chunk: Buffer) => readonly StreamEvent[]
  readonly end: () => readonly StreamEvent[]
}

export function makeFramer(format: FormatName): StreamFramer {
  if (format === 'bedrock') {
    const decoder = new EventStreamDecoder()
    return { push: (chunk) => decoder.push(chunk), end: () => [] }
  }
  const parser = new SseParser()
  return {
    push: (chunk) => parser.push(chunk).flatMap(eventOf),
    end: () => {
      const last = parser.end()
      return last === undefined ? [] : eventOf(last)
    },
  }
}

function eventOf({ data, event }: SseBlock): StreamEvent[] {
  if (data === undefined) return []
  return [event === '' ? { data } : { data, event }]
}
