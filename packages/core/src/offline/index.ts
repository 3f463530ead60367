/**
 * The model `offline/extractive`: not a language model. It quotes the sentences of its prompt that best match
 * the question, cites their passages, fills JSON schemas and picks tools by words alone. The same request
 * always gets the same answer, so the whole product can be tried, tested and demonstrated without a key.
 */
export { answerOffline, type OfflineAnswer } from './answer-offline.ts'
export type { OfflineToolCall } from './structured-output/choose-tool.ts'
export {
  readOfflineRequest,
  type OfflineRequest,
  type OfflineTool,
  type ToolChoice,
} from './offline-request.ts'
export { offlineAbstention } from './quoting/compose-answer.ts'
export { fillSchema } from './structured-output/fill-schema.ts'
export { estimateTokens } from './estimate-tokens.ts'
export { streamPieces } from './stream-pieces.ts'
