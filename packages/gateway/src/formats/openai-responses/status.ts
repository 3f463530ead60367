import type { FinishReason } from '../../neutral/neutral-answer.ts'
import { objectField, textField } from '../../neutral/json-field.ts'
import type { JsonObject } from '../parse-json.ts'

/** How an answer ended, read from its status and what it holds. */
export function readFinish(
  response: JsonObject,
  has: { readonly calls: boolean; readonly refusal: boolean },
): { readonly finish: FinishReason; readonly finishRaw: string } {
  const status = textField(response, 'status') ?? 'completed'
  if (status !== 'incomplete') {
    const finish = has.calls ? 'tool-calls' : has.refusal ? 'refusal' : 'stop'
    return { finish: status === 'completed' ? finish : 'unknown', finishRaw: status }
  }
  const reason = textField(objectField(response, 'incomplete_details') ?? {}, 'reason') ?? status
  if (reason === 'max_output_tokens') return { finish: 'length', finishRaw: reason }
  return { finish: reason === 'content_filter' ? 'content-filter' : 'unknown', finishRaw: reason }
}

/** What a finished answer says of itself. */
export type Status = {
  readonly status: 'completed' | 'incomplete'
  readonly incomplete_details: { readonly reason: string } | null
}

/** A paused turn is told as one that was cut, which it was; a refusal that is said is a whole answer. */
export function writeStatus(finish: FinishReason, hasRefusal: boolean): Status {
  if (finish === 'length' || finish === 'pause') return incomplete('max_output_tokens')
  if (finish === 'content-filter' || (finish === 'refusal' && !hasRefusal))
    return incomplete('content_filter')
  return { status: 'completed', incomplete_details: null }
}

function incomplete(reason: string): Status {
  return { status: 'incomplete', incomplete_details: { reason } }
}
