/** Moderations in OpenAI's shape: bytes pass through; this reads what accounting and traces want of them. */
export { moderateOffline, readModerationAnswer, readModerationRequest } from './moderation-facts.ts'
