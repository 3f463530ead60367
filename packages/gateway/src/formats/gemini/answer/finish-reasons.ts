import type { FinishReason } from '../../../neutral/neutral-answer.ts'

const reasons: ReadonlyMap<string, FinishReason> = new Map([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  // The answer goes on when the client asks again; to anyone else it was cut.
  ['CONTINUATION', 'length'],
  ['SAFETY', 'content-filter'],
  ['RECITATION', 'content-filter'],
  ['BLOCKLIST', 'content-filter'],
  ['PROHIBITED_CONTENT', 'content-filter'],
  ['SPII', 'content-filter'],
  ['MODEL_ARMOR', 'content-filter'],
  ['IMAGE_SAFETY', 'content-filter'],
  ['IMAGE_PROHIBITED_CONTENT', 'content-filter'],
  ['IMAGE_RECITATION', 'content-filter'],
  ['MALFORMED_FUNCTION_CALL', 'malformed-call'],
  ['UNEXPECTED_TOOL_CALL', 'malformed-call'],
  ['LANGUAGE', 'unknown'],
  ['OTHER', 'unknown'],
  ['TOO_MANY_TOOL_CALLS', 'unknown'],
  ['NO_IMAGE', 'unknown'],
  ['IMAGE_OTHER', 'unknown'],
  ['MALFORMED_RESPONSE', 'unknown'],
])

const words: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  'tool-calls': 'STOP',
  'content-filter': 'SAFETY',
  refusal: 'SAFETY',
  pause: 'OTHER',
  'malformed-call': 'MALFORMED_FUNCTION_CALL',
  unknown: 'OTHER',
}

/** Gemini says STOP for calls as well. */
export function readFinishReason(raw: string, hasCalls: boolean): FinishReason {
  const reason = reasons.get(raw) ?? 'unknown'
  return reason === 'stop' && hasCalls ? 'tool-calls' : reason
}

/** Gemini's own word where the answer has one. */
export function writeFinishReason(finish: FinishReason, raw: string): string {
  return reasons.has(raw) ? raw : words[finish]
}
