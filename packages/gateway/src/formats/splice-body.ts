/** Replaces the bytes `start` to `end` with a text. */
export type Splice = { readonly start: number; readonly end: number; readonly text: string }

/** A copy of the bytes with the splices done. They must not overlap; their order does not matter. */
export function spliceBody(body: Buffer, splices: readonly Splice[]): Buffer {
  const ordered = splices.length > 1 ? splices.toSorted((a, b) => a.start - b.start) : splices
  let sizeBytes = body.length
  for (const { start, end, text } of ordered) sizeBytes += Buffer.byteLength(text) - (end - start)
  const result = Buffer.allocUnsafe(sizeBytes)
  let from = 0
  let to = 0
  for (const { start, end, text } of ordered) {
    to += body.copy(result, to, from, start)
    to += result.write(text, to)
    from = end
  }
  body.copy(result, to, from)
  return result
}
