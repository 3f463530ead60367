/** Pictures in OpenAI's shape: bytes pass through; this reads what a price is made of. Edits are multipart forms. */
export {
  imageUsage,
  readImageAnswer,
  readImageEvent,
  readImageRequest,
  type ImageFacts,
} from './image-facts.ts'
