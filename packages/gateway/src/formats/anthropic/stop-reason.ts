import type { FinishReason } from '../../neutral/neutral-answer.ts'

const read: ReadonlyMap<string, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool-calls'],
  ['refusal', 'refusal'],
  ['pause_turn', 'pause'],
])

const written: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
  refusal: 'refusal',
  pause: 'pause_turn',
  'malformed-call': 'end_turn',
  unknown: 'end_turn',
}

/** A word that nobody has told us is kept beside this as `finishRaw`. */
export function readStopReason(word: string): FinishReason {
  return read.get(word) ?? 'unknown'
}

/** How an answer ended, as far as its stop reason depends on it. */
export type Ending = {
  readonly finish: FinishReason
  readonly finishRaw: string
  readonly stopSequence?: string | undefined
  readonly hasToolCalls: boolean
}

/** Anthropic's own words pass; clients run tools only on `tool_use`, so calls say that whatever the provider said. */
export function writeStopReason({ finish, finishRaw, stopSequence, hasToolCalls }: Ending): string {
  if (read.has(finishRaw)) return finishRaw
  if (finish === 'stop' && hasToolCalls) return 'tool_use'
  return finish === 'stop' && stopSequence !== undefined ? 'stop_sequence' : written[finish]
}
