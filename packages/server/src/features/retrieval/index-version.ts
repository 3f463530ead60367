import { createHash } from 'node:crypto'

/** What of an index file decides its content; where its sources lie does not. */
export type IndexSettings = {
  readonly chunk: { readonly maxChars: number; readonly overlapChars: number }
  /** `connection/model` of the embedding. */
  readonly embedding: string
}

/** A source document: its path inside the index and the SHA-256 of its bytes. */
export type IndexDocument = { readonly path: string; readonly digest: string }

/** Raised when chunking or analysis changes, so that old versions stay what they were. */
const analysis = 1

/**
 * The version of an index: equal settings and documents give the same one on every machine, so an index that
 * exists is never built again. The order of the documents does not matter.
 */
export function indexVersionOf(
  name: string,
  settings: IndexSettings,
  documents: readonly IndexDocument[],
): string {
  const { chunk, embedding } = settings
  const parts = [
    'index',
    analysis,
    name,
    [chunk.maxChars, chunk.overlapChars],
    embedding,
    sortDocuments(documents).map(({ path, digest }) => [path, digest]),
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** Documents by path: the order in which chunks are numbered. */
export function sortDocuments(documents: readonly IndexDocument[]): IndexDocument[] {
  return documents.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
}
