/**
 * Files, uploads and batches in OpenAI's shape. They live at a provider, so the ids that clients get name the
 * connection; nothing is kept here. Files of batch requests get the provider's names of the models.
 */
export { forwardBatchLines, readBatchLines, type BatchLines } from './batch-lines.ts'
export { decodeForeignId, encodeForeignId, type ForeignId } from './foreign-id.ts'
export {
  matchStoredPath,
  storedPaths,
  writeStoredPath,
  type StoredCall,
  type StoredOperation,
} from './stored-paths.ts'
export { decodeIds, encodeIds, type DecodedRequest } from './translate-ids.ts'
