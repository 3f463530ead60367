import type { EmbeddedQuestion } from '../semantic/semantic-index.ts'
import type { StoredQuestion } from './record-head.ts'

/** A head has 64 KiB; what is larger is found again as it comes, as if the process had never known it. */
const longestBytes = 48 * 1024
const floatBytes = Float32Array.BYTES_PER_ELEMENT

/** Undefined when it is too large for the head of a record. */
export function storeQuestion({ partition, guard, vector }: EmbeddedQuestion): StoredQuestion | undefined {
  const bytes = Buffer.alloc(vector.length * floatBytes)
  for (const [place, value] of vector.entries()) bytes.writeFloatLE(value, place * floatBytes)
  const text = bytes.toString('base64')
  // The guard leaves as JSON, where a character may take six bytes.
  const isTooLarge = text.length + Buffer.byteLength(JSON.stringify(guard)) > longestBytes
  return isTooLarge ? undefined : { partition, guard, vector: text }
}

/** Undefined for a vector that holds no whole numbers of bytes, or none. */
export function restoreQuestion({
  partition,
  guard,
  vector: text,
}: StoredQuestion): EmbeddedQuestion | undefined {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length === 0 || bytes.length % floatBytes !== 0) return undefined
  const vector = new Float32Array(bytes.length / floatBytes)
  for (let place = 0; place < vector.length; place++) vector[place] = bytes.readFloatLE(place * floatBytes)
  return { partition, guard, vector }
}
