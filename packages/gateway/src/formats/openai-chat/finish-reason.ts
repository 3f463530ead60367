import type { FinishReason } from '../../neutral/neutral-answer.ts'

const read: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['eos', 'stop'],
  ['end_turn', 'stop'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['model_length', 'length'],
  ['tool_calls', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['content_filter', 'content-filter'],
])

/** How one choice ended. */
export type Ending = {
  readonly finish: FinishReason
  readonly finishRaw: string
  readonly hasToolCalls: boolean
  readonly hasRefusal: boolean
}

/** Some servers say "stop" when a tool is to be called, and models that refuse say "stop" too. */
export function readFinishReason(word: string, hasToolCalls: boolean, hasRefusal: boolean): FinishReason {
  const finish = read.get(word) ?? 'unknown'
  if (finish !== 'stop') return finish
  if (hasToolCalls) return 'tool-calls'
  return hasRefusal ? 'refusal' : 'stop'
}

/**
 * One of the words that clients know. A refusal that stands in the message is no filter's doing; a paused turn is
 * told as one that was cut, which it was.
 */
export function writeFinishReason({ finish, hasToolCalls, hasRefusal }: Ending): string {
  switch (finish) {
    case 'tool-calls':
      return 'tool_calls'
    case 'length':
    case 'pause':
      return 'length'
    case 'content-filter':
      return 'content_filter'
    case 'refusal':
      return hasRefusal ? 'stop' : 'content_filter'
    default:
      return hasToolCalls && finish === 'stop' ? 'tool_calls' : 'stop'
  }
}

const plain: ReadonlySet<FinishReason> = new Set(['stop', 'length', 'tool-calls'])

/** The provider's own word, as OpenRouter tells it, where the format's words say less. */
export function nativeFinishReason({ finish, finishRaw }: Ending): {
  readonly native_finish_reason?: string
} {
  const isSaid = plain.has(finish) || finishRaw === '' || read.has(finishRaw)
  return isSaid ? {} : { native_finish_reason: finishRaw }
}
