import type { AnswerScript, ScriptedUsage } from '../providers/answer-script.ts'
import type { FamilyName } from '../providers/provider-family.ts'
import type { ClientName } from './client-driver.ts'

const stops: Readonly<Record<ClientName, Readonly<Record<AnswerScript['finish'], string>>>> = {
  'openai chat': { stop: 'stop', length: 'length', 'tool-calls': 'tool_calls', refusal: 'content_filter' },
  'openai responses': {
    stop: 'completed',
    length: 'max_output_tokens',
    'tool-calls': 'completed',
    refusal: 'content_filter',
  },
  anthropic: { stop: 'end_turn', length: 'max_tokens', 'tool-calls': 'tool_use', refusal: 'refusal' },
  'google genai': { stop: 'STOP', length: 'MAX_TOKENS', 'tool-calls': 'STOP', refusal: 'SAFETY' },
}

/** Why an answer ended, as the client's own provider would say it. */
export function expectedStop(client: ClientName, finish: AnswerScript['finish']): string {
  return stops[client][finish]
}

/** What the provider tells of the tokens that it used: not every one tells everything. */
export function toldUsage(family: FamilyName, usage: ScriptedUsage): ScriptedUsage {
  switch (family) {
    case 'gemini':
      return { ...usage, fresh: usage.fresh + usage.written, written: 0 }
    case 'bedrock':
      return { ...usage, reasoning: 0 }
    default:
      return usage
  }
}

/** Tokens as the client's own provider would count them. */
export function expectedUsage(client: ClientName, usage: ScriptedUsage): object {
  const { fresh, cached, written, output, reasoning } = usage
  const input = fresh + cached + written
  switch (client) {
    case 'openai chat':
      return {
        prompt_tokens: input,
        completion_tokens: output,
        total_tokens: input + output,
        prompt_tokens_details: { cached_tokens: cached },
        completion_tokens_details: { reasoning_tokens: reasoning },
      }
    case 'openai responses':
      return {
        input_tokens: input,
        output_tokens: output,
        total_tokens: input + output,
        input_tokens_details: { cached_tokens: cached },
        output_tokens_details: { reasoning_tokens: reasoning },
      }
    case 'anthropic':
      return {
        input_tokens: fresh,
        cache_read_input_tokens: cached,
        cache_creation_input_tokens: written,
        output_tokens: output,
      }
    case 'google genai':
      return {
        promptTokenCount: input,
        candidatesTokenCount: output - reasoning,
        totalTokenCount: input + output,
        ...(cached === 0 ? {} : { cachedContentTokenCount: cached }),
        ...(reasoning === 0 ? {} : { thoughtsTokenCount: reasoning }),
      }
  }
}
