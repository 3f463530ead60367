import type { AnswerOptions } from '../../../neutral/codec.ts'
import type { FormatName } from '../../../neutral/content.ts'
import type { NeutralRequest } from '../../../neutral/neutral-request.ts'

/** A request that asks "Hello". */
export function exampleRequest(from: FormatName, more: Partial<NeutralRequest> = {}): NeutralRequest {
  return {
    from,
    model: 'openai/gpt-test',
    messages: [{ role: 'user', content: [{ kind: 'text', text: 'Hello' }] }],
    isStream: true,
    wantsUsage: true,
    tools: [],
    extra: {},
    ...more,
  }
}

export function exampleOptions(from: FormatName, more: Partial<NeutralRequest> = {}): AnswerOptions {
  const request = exampleRequest(from, more)
  return {
    model: request.model,
    id: 'own-id-1',
    createdS: 1_700_000_000,
    wantsUsage: request.wantsUsage,
    request,
  }
}
