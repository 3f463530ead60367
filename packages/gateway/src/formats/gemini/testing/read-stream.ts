import { readFileSync } from 'node:fs'
import type { NeutralEvent } from '../../../neutral/neutral-answer.ts'
import { SseParser } from '../../sse-parser.ts'
import { makeStreamReader } from '../answer/stream-reader.ts'

export function fixture(name: string): Buffer {
  return readFileSync(new URL(`../__fixtures__/${name}`, import.meta.url))
}

/** The events of a stream that comes in these chunks of bytes. */
export function readStream(...chunks: readonly Buffer[]): NeutralEvent[] {
  const parser = new SseParser()
  const reader = makeStreamReader()
  const events: NeutralEvent[] = []
  for (const chunk of chunks) {
    for (const { data } of parser.push(chunk)) if (data !== undefined) events.push(...reader.take({ data }))
  }
  return [...events, ...reader.finish()]
}

/** A stream of these chunks of JSON. */
export function streamOf(...chunks: readonly object[]): Buffer {
  return Buffer.from(chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(''))
}
