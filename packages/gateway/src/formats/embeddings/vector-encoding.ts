import type { EmbeddingVector } from './embeddings.ts'

/** The vector in the encoding that the client wants; the same one when it has it already. */
export function encodeVector(vector: EmbeddingVector, encoding: 'float' | 'base64'): EmbeddingVector {
  if (encoding === 'base64') return typeof vector === 'string' ? vector : toBase64(vector)
  return typeof vector === 'string' ? fromBase64(vector) : vector
}

function toBase64(numbers: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(numbers.length * 4)
  for (let at = 0; at < numbers.length; at++) bytes.writeFloatLE(numbers[at] ?? 0, at * 4)
  return bytes.toString('base64')
}

function fromBase64(text: string): readonly number[] {
  const bytes = Buffer.from(text, 'base64')
  const numbers: number[] = []
  for (let at = 0; at + 4 <= bytes.length; at += 4) numbers.push(bytes.readFloatLE(at))
  return numbers
}

/** Numbers or base64, whichever it is; undefined for anything else. */
export function readVector(value: unknown): EmbeddingVector | undefined {
  if (typeof value === 'string') return value
  return isNumbers(value) ? value : undefined
}

/** The vectors of a list; what is none is left out, so that the count tells. */
export function readVectors(values: readonly unknown[]): readonly EmbeddingVector[] {
  const vectors: EmbeddingVector[] = []
  for (const value of values) {
    const vector = readVector(value)
    if (vector !== undefined) vectors.push(vector)
  }
  return vectors
}

/** Only the first is looked at: a vector has thousands, and all come from one model. */
function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && (value.length === 0 || typeof value[0] === 'number')
}
