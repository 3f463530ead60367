import { isAppError } from '@ratchet/contract'
import type { ModelAbilities, WrittenRequest } from '../../../neutral/codec.ts'
import type { ContentPart } from '../../../neutral/content.ts'
import type { Message, NeutralRequest } from '../../../neutral/neutral-request.ts'
import { deepFreeze } from '../../../neutral/testing/deep-freeze.ts'
import { writeRequest } from '../request/write-request.ts'

export const user = (text: string): Message => ({ role: 'user', content: [{ kind: 'text', text }] })

export const assistant = (...content: readonly ContentPart[]): Message => ({ role: 'assistant', content })

/** A request of another format, frozen, written for Gemini. */
export function write(
  change: Partial<NeutralRequest>,
  abilities: ModelAbilities = {},
  dropUnsupported = false,
): WrittenRequest {
  const request = deepFreeze<NeutralRequest>({
    from: 'openai-chat',
    model: 'x',
    messages: [user('Hello')],
    isStream: false,
    wantsUsage: false,
    tools: [],
    extra: {},
    ...change,
  })
  return writeRequest(request, { model: 'gemini-x', dropUnsupported, abilities })
}

/** The parameter that writing refuses; "written" when it refuses none. */
export function refusedParam(change: Partial<NeutralRequest>, abilities: ModelAbilities = {}): unknown {
  try {
    write(change, abilities)
  } catch (error) {
    return isAppError(error) && error.code === 'model_unsupported' ? error.details['param'] : error
  }
  return 'written'
}
