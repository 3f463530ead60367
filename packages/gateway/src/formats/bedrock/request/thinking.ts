import { leaveOut } from '../../../neutral/errors/unsupported.ts'
import {
  effortOfReasoning,
  planThinking,
  thinkingParam,
  thinkWithThoughts,
  type BlockKinds,
} from '../../anthropic/request/thinking.ts'
import type { JsonObject } from '../../parse-json.ts'
import type { BedrockWriting } from './bedrock-writing.ts'

/** What is sent of a wish to think. */
export type BedrockThinking = {
  /** For `additionalModelRequestFields`, where each maker has its own. */
  readonly fields: JsonObject
  /** For `outputConfig`. */
  readonly effort?: string
  readonly maxTokens?: number
  readonly isOn: boolean
}

const blockKinds: BlockKinds = {
  isResult: (block) => block['toolResult'] !== undefined,
  isThought: (block) => block['reasoningContent'] !== undefined,
}

/** Claude thinks as it does at Anthropic; other models take an effort, each in its own field. */
export function planBedrockThinking(
  writing: BedrockWriting,
  messages: readonly JsonObject[],
): BedrockThinking {
  const { request, options, family } = writing
  const given = request.maxOutputTokens
  if (family === 'claude') {
    const plan = planThinking(request, options, writing)
    const { thinking, effort, maxTokens, isOn } = thinkWithThoughts(plan, messages, {
      ...blockKinds,
      writing,
    })
    const isLimited = given !== undefined || thinking?.['type'] === 'enabled'
    return {
      fields: thinking === undefined ? {} : { thinking },
      isOn,
      ...(effort === undefined ? {} : { effort }),
      ...(isLimited ? { maxTokens } : {}),
    }
  }
  const limit = given === undefined ? {} : { maxTokens: given }
  const { reasoning } = request
  const effort = reasoning === undefined ? undefined : effortOfReasoning(reasoning)
  if (effort === undefined) return { fields: {}, isOn: false, ...limit }
  if (options.abilities.reasoning === 'none') {
    if (effort !== 'none') leaveOut(writing, thinkingParam(request))
    return { fields: {}, isOn: false, ...limit }
  }
  const word = effort === 'minimal' ? 'low' : effort === 'xhigh' || effort === 'max' ? 'high' : effort
  const isOn = word !== 'none'
  if (family === 'nova') {
    const config = isOn ? { type: 'enabled', maxReasoningEffort: word } : { type: 'disabled' }
    return { fields: { reasoningConfig: config }, isOn: false, ...limit }
  }
  if (!isOn) return { fields: {}, isOn, ...limit }
  if (family === 'gpt') return { fields: { reasoning_effort: word }, isOn: false, ...limit }
  return { fields: {}, effort: word, isOn: false, ...limit }
}
