/**
 * Files, uploads and batches in OpenAI's shape. They live at a provider, so the ids that clients get name the
 * connection; nothing is kept here. Files of batch requests get the provider's names of the models.
 */
export { forwardBatchLines, readBatchLines } from './batch-lines.ts'
export { decodeForeignId, encodeForeignId } from './foreign-id.ts'
export { matchStoredPath, storedPaths, writeStoredPath, type StoredCall } from './stored-paths.ts'
export { decodeIds, encodeIds } from './translate-ids.ts'
