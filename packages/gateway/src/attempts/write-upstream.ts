import { AppError } from '@ratchet/contract'
import { modelAbilities, type ModelAbilities } from '@ratchet/core/catalog'
import { codecOf } from '../apis/codecs.ts'
import { forwardBody, type ModelRequest } from '../formats/chat-request.ts'
import { isNineLetters } from '../formats/openai-chat/call-id.ts'
import { isJsonObject, type JsonObject } from '../formats/parse-json.ts'
import type { FormatName } from '../neutral/content.ts'
import type { NeutralRequest } from '../neutral/neutral-request.ts'
import type { CompiledTarget } from '../routing/compiled-route.ts'

/** The body for one target, and what was done to get it. */
export type WrittenBody = {
  readonly body: Buffer
  /** The client's own bytes, but for the name of the model. */
  readonly isPassed: boolean
  /** What the target cannot do and was left out. */
  readonly dropped: readonly string[]
  readonly toolNames: ReadonlyMap<string, string> | undefined
}

export type UpstreamSource = {
  readonly request: ModelRequest
  /** The client's format; undefined for APIs that are no chat. */
  readonly clientFormat: FormatName
  readonly neutral: () => NeutralRequest
  readonly dropUnsupported: boolean
  /** Guardrails have changed what the client wrote. */
  readonly isChanged: boolean
  /** The answer must come with log probabilities, for a check of its confidence. */
  readonly wantsLogprobs: boolean
}

/**
 * Writes a request for a target. In the client's own format its bytes pass as they came, with the provider's name of
 * the model; they are written anew only when the target wants something said otherwise, or cannot do something.
 * Throws `model_unsupported` naming what it cannot do, unless that may be left out.
 */
export function writeUpstream(
  source: UpstreamSource,
  target: CompiledTarget,
  format: FormatName,
): WrittenBody {
  const { request, clientFormat } = source
  const abilities = abilitiesOf(target)
  const isSame =
    clientFormat === format &&
    !source.isChanged &&
    !source.wantsLogprobs &&
    !mustRewrite(request.json, target, abilities)
  const asksForUsage = format === 'openai-chat' && takesUsageOption(abilities)
  if (isSame)
    return {
      body: forwardBody(request, target.model, asksForUsage),
      isPassed: true,
      dropped: nothing,
      toolNames: undefined,
    }
  const neutral = source.neutral()
  const asked =
    source.wantsLogprobs && neutral.logprobs === undefined ? { ...neutral, logprobs: { top: 0 } } : neutral
  const written = codecOf(format).writeRequest(asked, {
    model: target.model,
    dropUnsupported: source.dropUnsupported,
    abilities,
  })
  const usage = request.isStream && asksForUsage
  const body = {
    ...written.body,
    ...(usage ? { stream_options: { ...optionsOf(written.body), include_usage: true } } : {}),
    ...target.parameters,
  }
  return {
    body: Buffer.from(JSON.stringify(forProvider(body, target, format))),
    isPassed: false,
    dropped: written.dropped,
    toolNames: written.toolNames,
  }
}

const nothing: readonly string[] = []

const known = new WeakMap<CompiledTarget, ModelAbilities>()

/** What the model of a target can do; asked once. */
export function abilitiesOf(target: CompiledTarget): ModelAbilities {
  let abilities = known.get(target)
  if (abilities === undefined) {
    abilities = modelAbilities(target.connection.provider, target.model)
    known.set(target, abilities)
  }
  return abilities
}

function mustRewrite(json: JsonObject, target: CompiledTarget, abilities: ModelAbilities): boolean {
  if (target.parameters !== undefined || target.connection.provider === 'vertex') return true
  const { refusedFields, renamedFields, maxTokensField, developerRole } = abilities
  if (refusedFields?.some((name) => json[name] !== undefined && json[name] !== null) === true) return true
  if (renamedFields !== undefined && Object.keys(renamedFields).some((name) => json[name] !== undefined))
    return true
  if (maxTokensField === 'max_tokens' && json['max_completion_tokens'] !== undefined) return true
  if (
    maxTokensField === 'max_completion_tokens' &&
    json['max_tokens'] !== undefined &&
    json['messages'] !== undefined
  )
    return target.connection.provider !== 'anthropic'
  if (abilities.sampling === false && (json['temperature'] !== undefined || json['top_p'] !== undefined))
    return true
  if (abilities.nineLetterCallIds === true && hasOtherCallIds(json['messages'])) return true
  return developerRole === false && hasDeveloper(json['messages'])
}

function hasDeveloper(messages: unknown): boolean {
  return (
    Array.isArray(messages) && messages.some((each) => isJsonObject(each) && each['role'] === 'developer')
  )
}

function hasOtherCallIds(messages: unknown): boolean {
  if (!Array.isArray(messages)) return false
  return messages.some(
    (each) =>
      isJsonObject(each) && typeof each['tool_call_id'] === 'string' && !isNineLetters(each['tool_call_id']),
  )
}

function takesUsageOption({ refusedFields }: ModelAbilities): boolean {
  return refusedFields?.includes('stream_options') !== true
}

function optionsOf(body: JsonObject): JsonObject {
  const options = body['stream_options']
  return isJsonObject(options) ? options : {}
}

/** Claude on Vertex is named in the path, and its version in the body. */
function forProvider(body: JsonObject, target: CompiledTarget, format: FormatName): JsonObject {
  if (target.connection.provider !== 'vertex' || format !== 'anthropic') return body
  const { model: _, ...rest } = body
  return { anthropic_version: 'vertex-2023-10-16', ...rest }
}

/** Refuses a stage that a target has no API for. */
export function unsupportedCall(target: Pick<CompiledTarget, 'connection' | 'name'>, call: string): AppError {
  return new AppError('model_unsupported', {
    message: `The provider of connection "${target.connection.name}" offers no ${call}; ask a model of another connection.`,
    details: { param: 'model', model: target.name },
  })
}
