import type { AnswerOptions } from '../../../neutral/codec.ts'
import type { NeutralRequest } from '../../../neutral/neutral-request.ts'
import { startNames } from '../../openai/tool-names.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { writeTool, writeToolChoice } from '../request/write-tools.ts'
import { writeOutputFormat } from '../request/write-request.ts'

/** What changes in a response while it is made. */
export type ResponseState = {
  readonly id: string
  readonly createdS: number
  readonly status: 'in_progress' | 'completed' | 'incomplete' | 'failed'
  readonly incomplete_details: JsonObject | null
  readonly error: JsonObject | null
  readonly output: readonly JsonObject[]
  readonly usage: JsonObject | null
  readonly serviceTier: string | undefined
  /** Fields of the provider's own response, when it is of this format too. */
  readonly extra: JsonObject | undefined
}

/** A response with all the fields that the format demands. */
export function responseObject(state: ResponseState, echo: JsonObject, options: AnswerOptions): JsonObject {
  return {
    id: state.id,
    object: 'response',
    created_at: state.createdS,
    ...echo,
    ...state.extra,
    status: state.status,
    error: state.error,
    incomplete_details: state.incomplete_details,
    model: options.model,
    output: state.output,
    service_tier: state.serviceTier ?? echo['service_tier'],
    usage: state.usage,
  }
}

/** The parts of a request that its response repeats, with the format's defaults. */
export function requestEcho(request: NeutralRequest): JsonObject {
  const extra = request.from === 'openai-responses' ? request.extra : {}
  const { reasoning } = request
  return {
    access_programs: null,
    background: extra['background'] === true,
    completed_at: null,
    instructions: instructionsOf(request),
    max_output_tokens: request.maxOutputTokens ?? null,
    max_tool_calls: extra['max_tool_calls'] ?? null,
    metadata: request.metadata ?? {},
    parallel_tool_calls: request.parallelToolCalls ?? true,
    previous_response_id: request.previousResponseId ?? null,
    prompt_cache_key: extra['prompt_cache_key'] ?? null,
    reasoning: { effort: reasoning?.effort ?? null, summary: reasoning?.summary ?? null },
    safety_identifier: extra['safety_identifier'] ?? null,
    service_tier: request.serviceTier ?? 'default',
    store: request.store ?? true,
    temperature: request.temperature ?? 1,
    text: { ...(isJsonObject(extra['text']) ? extra['text'] : {}), ...textFormat(request) },
    tool_choice: toolChoice(request, extra),
    tools: toolsOf(request),
    top_logprobs: request.logprobs?.top ?? 0,
    top_p: request.topP ?? 1,
    truncation: extra['truncation'] ?? 'disabled',
    user: request.user ?? null,
  }
}

function instructionsOf({ messages }: NeutralRequest): string | null {
  const first = messages[0]
  const part = first?.extra?.['field'] === 'instructions' ? first.content[0] : undefined
  return part?.kind === 'text' ? part.text : null
}

function textFormat({ output, extra }: NeutralRequest): JsonObject {
  const own = isJsonObject(extra['text']) ? extra['text']['format'] : undefined
  if (output === undefined && own !== undefined) return {}
  return { format: writeOutputFormat(output ?? { kind: 'text' }) }
}

function toolChoice(request: NeutralRequest, extra: JsonObject): unknown {
  if (request.toolChoice === undefined) return extra['tool_choice'] ?? 'auto'
  return writeToolChoice(request.toolChoice, request, startNames(true))
}

/** Functions always say whether they are strict. */
function toolsOf(request: NeutralRequest): readonly JsonObject[] {
  const writing = { names: startNames(true), isOwn: request.from === 'openai-responses' }
  return request.tools
    .map((tool) => writeTool(tool, writing))
    .filter((tool) => tool !== undefined)
    .map((tool) => (tool['type'] === 'function' ? { strict: true, ...tool } : tool))
}
