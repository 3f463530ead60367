import { answerEvents } from '../../../neutral/answer-events.ts'
import type { AnswerOptions } from '../../../neutral/codec.ts'
import type { NeutralAnswer } from '../../../neutral/neutral-answer.ts'
import { ownAnswerFields } from '../../openai/shared-answer-fields.ts'
import type { JsonObject } from '../../parse-json.ts'
import { makeItemIds } from '../item-ids.ts'
import { writeStatus } from '../status.ts'
import { writeUsage } from '../usage.ts'
import { OutputBuilder } from './output-builder.ts'
import { requestEcho, responseObject } from './response-object.ts'

const silently = () => {}

/** Writes a whole response: the same one that a stream of the answer would end with. */
export function writeAnswer(answer: NeutralAnswer, options: AnswerOptions): JsonObject {
  const ids = makeItemIds(answer.id, options.id)
  const builder = new OutputBuilder(ids, silently, options.from === 'openai-responses')
  const first = answer.choices[0]
  const choices = first === undefined ? [] : [first]
  for (const event of answerEvents({ ...answer, choices })) {
    if ('part' in event) builder.take(event)
    else if (event.kind === 'logprobs') builder.addLogprobs(contentLogprobs(event.logprobs))
  }
  const status = writeStatus(first?.finish ?? 'unknown', builder.hasRefusal)
  builder.close(status.status === 'incomplete')
  const state = {
    ...status,
    id: ids.response,
    createdS: answer.createdS === 0 ? options.createdS : answer.createdS,
    error: null,
    output: builder.output,
    usage: answer.usage === undefined ? null : writeUsage(answer.usage),
    serviceTier: answer.serviceTier,
    extra: ownAnswerFields(answer.extra, answer.from, 'openai-responses'),
  }
  return responseObject(state, requestEcho(options.request), options)
}

/** Probabilities of the text; those of a refusal have no place in the format. */
export function contentLogprobs(logprobs: JsonObject): readonly unknown[] {
  const { content } = logprobs
  return Array.isArray(content) ? content : []
}
