import { AppError } from '@ratchet/contract'
import { wantsSingleCalls } from '../../../neutral/tools/single-calls.ts'
import type { WriteOptions, WrittenRequest } from '../../../neutral/codec.ts'
import type { NeutralRequest } from '../../../neutral/neutral-request.ts'
import { leaveOutExtras } from '../../../neutral/errors/leave-out-extras.ts'
import { leaveOutField } from '../../../neutral/errors/leave-out-field.ts'
import { leaveOut } from '../../../neutral/errors/unsupported.ts'
import { WrittenNames } from '../../../neutral/tools/written-names.ts'
import { withoutCustomCalls } from '../../openai/without-custom-calls.ts'
import { isSilent } from '../../openai/writing.ts'
import type { JsonObject } from '../../parse-json.ts'
import { bothSpellings } from '../read-field.ts'
import { toolNameRule } from '../tool-name-rule.ts'
import { writeConfig } from './write-config.ts'
import { writeMessages, type RequestWriting } from './write-messages.ts'
import { writeTools } from './write-tools.ts'

/** Body of generateContent or streamGenerateContent; model and streaming belong into the path. */
export function writeRequest(given: NeutralRequest, options: WriteOptions): WrittenRequest {
  const names = new WrittenNames(toolNameRule)
  const dropped: string[] = []
  const request = withoutCustomCalls(given, { dropped, options })
  if (request.from !== 'gemini') leaveOutExtras(request, { dropped, options })
  const writing: RequestWriting = { request, options, dropped, names }
  refuseForeign(writing)
  const messages = writeMessages(writing)
  const tools = writeTools(request, writing)
  const config = writeConfig(writing)
  const body = {
    ...keptFields(writing),
    ...messages,
    ...tools,
    ...(Object.keys(config).length === 0 ? {} : { generationConfig: config }),
    ...writeTier(writing),
  }
  const toolNames = names.changed.size === 0 ? {} : { toolNames: names.changed }
  return { body, dropped: writing.dropped, ...toolNames }
}

const ownNames = bothSpellings('safetySettings', 'cachedContent', 'labels', 'modelArmorConfig')

/**
 * What a client sent beyond what the neutral form holds: all of it in Gemini's own format, from other formats what
 * Gemini knows by name. The rest is told as dropped, or refused where it would be missed.
 */
function keptFields(writing: RequestWriting): JsonObject {
  const { from, extra } = writing.request
  const kept: Record<string, unknown> = {}
  for (const name in extra) {
    const isOwn =
      from === 'gemini' ? name !== 'generationConfig' && name !== 'toolConfig' : ownNames.has(name)
    if (isOwn) kept[name] = extra[name]
    else if (from !== 'gemini' && !isSilent(name, extra[name])) leaveOutField(writing, name, extra[name])
  }
  return kept
}

function refuseForeign(writing: RequestWriting): void {
  const { request, options } = writing
  if (request.previousResponseId !== undefined) {
    // Without the stored answer the conversation would be another one, so dropping is no choice here.
    throw new AppError('model_unsupported', {
      message: `The model "${options.model}" keeps no answers, so "previous_response_id" means nothing to it. Send the whole conversation in "input".`,
      details: { param: 'previous_response_id', model: options.model },
    })
  }
  if (request.logitBias !== undefined) leaveOut(writing, 'logit_bias')
  if (request.store === true) leaveOut(writing, 'store')
  const hasFunctions = request.tools.some((tool) => tool.kind === 'function')
  if (hasFunctions && wantsSingleCalls(request)) leaveOut(writing, 'parallel_tool_calls')
}

function writeTier(writing: RequestWriting): JsonObject {
  const tier = writing.request.serviceTier
  if (tier === undefined || tier === 'auto') return {}
  if (tier === 'default') return { serviceTier: 'standard' }
  const isKnown = tier === 'flex' || tier === 'priority' || tier === 'standard'
  if (isKnown || writing.request.from === 'gemini') return { serviceTier: tier }
  leaveOut(writing, 'service_tier', 'Give "flex" or "priority"')
  return {}
}
