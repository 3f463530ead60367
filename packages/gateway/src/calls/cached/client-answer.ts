import type { ChatApi } from '../../apis/client-api.ts'
import { codecOf } from '../../apis/codecs.ts'
import type { ModelRequest } from '../../formats/chat-request.ts'
import { isJsonObject, parseJsonOr } from '../../formats/parse-json.ts'
import type { FormatName } from '../../neutral/content.ts'
import type { FinishReason, NeutralAnswer } from '../../neutral/neutral-answer.ts'
import type { NeutralRequest } from '../../neutral/neutral-request.ts'
import { answerOptions } from '../../sinks/answer-options.ts'
import type { Progress } from '../../sinks/answer-sink.ts'
import { withoutCallerFields } from '../caller-fields.ts'
import type { Exchange } from '../exchange.ts'

/** A whole answer as a client that did not stream would have got it. */
export type ClientAnswer = { readonly body: Buffer; readonly finishes: readonly FinishReason[] }

type Call = {
  readonly exchange: Exchange
  readonly api: ChatApi
  readonly request: ModelRequest
  neutral(): NeutralRequest
}

/**
 * The answer of a call to be kept: the provider's own bytes where those went to the client, else written in the client's
 * format. Undefined when it is larger than `maxBytes`, or no answer of the format.
 */
export function clientAnswer(
  call: Call,
  { body, answer, answerFrom: from = call.api.format }: Progress,
  maxBytes: number,
): ClientAnswer | undefined {
  if (body === undefined) return answer === undefined ? undefined : written(call, answer, from)
  if (body.length > maxBytes) return undefined
  if (call.api.kind !== undefined) return { body, finishes: [] }
  const json = parseJsonOr(body.toString())
  const read = isJsonObject(json) ? call.api.codec.readAnswer(json) : undefined
  if (read === undefined || !isJsonObject(json) || read.choices.length === 0) return undefined
  const own = withoutCallerFields(json)
  return { body: own === json ? body : Buffer.from(JSON.stringify(own)), finishes: finishesOf(read) }
}

function written(call: Call, answer: NeutralAnswer, from: FormatName): ClientAnswer | undefined {
  if (answer.choices.length === 0) return undefined
  // Not the API's own codec: writing for the cache must leave no other trace.
  const { writeAnswer } = codecOf(call.api.format)
  const json = writeAnswer(answer, { ...answerOptions(call), wantsUsage: true, from })
  return { body: Buffer.from(JSON.stringify(withoutCallerFields(json))), finishes: finishesOf(answer) }
}

function finishesOf({ choices }: NeutralAnswer): FinishReason[] {
  return choices.map(({ finish }) => finish)
}
