import type { FinishReason } from '../../neutral/neutral-answer.ts'

const read: ReadonlyMap<string, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool-calls'],
  ['guardrail_intervened', 'content-filter'],
  ['content_filtered', 'content-filter'],
  ['refusal', 'refusal'],
  ['pause_turn', 'pause'],
  ['malformed_tool_use', 'malformed-call'],
  ['malformed_model_output', 'malformed-call'],
])

/** A word that nobody has told us is kept beside this as `finishRaw`. */
export function readStopReason(word: string): FinishReason {
  return read.get(word) ?? 'unknown'
}
