import { readdirSync } from 'node:fs'

const shape = /^(\d{10})\.ndjson$/

/** File name of the nth segment of a folder; names sort in the order of writing. */
export function segmentName(number: number): string {
  return `${String(number).padStart(10, '0')}.ndjson`
}

/** Numbers of the segments in a folder, oldest first. */
export function listSegments(folder: string): number[] {
  return readdirSync(folder)
    .flatMap((name) => {
      const digits = shape.exec(name)?.[1]
      return digits === undefined ? [] : [Number(digits)]
    })
    .toSorted((a, b) => a - b)
}
