/** Moderations in OpenAI's shape: bytes pass through; this reads what accounting and traces want of them. */
export {
  moderateOffline,
  readModerationAnswer,
  readModerationRequest,
  type ModerationFacts,
  type ModerationRequest,
} from './moderation-facts.ts'
