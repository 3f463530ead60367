import { isAppError } from '@ratchet/contract'
import type { ChatCodec, ModelAbilities } from '../codec.ts'
import type { ContentPart } from '../content.ts'
import type { FunctionTool, Message, NeutralRequest } from '../neutral-request.ts'
import { deepFreeze } from './deep-freeze.ts'

export const text = (value: string): ContentPart => ({ kind: 'text', text: value })

export const says = (role: Message['role'], value: string): Message => ({ role, content: [text(value)] })

export const call = (id: string, name = 'f', args = '{}'): ContentPart => ({
  kind: 'tool-call',
  id,
  name,
  arguments: args,
})

export const result = (callId: string, value: string): Message => ({
  role: 'tool',
  content: [{ kind: 'tool-result', callId, isError: false, content: [{ kind: 'text', text: value }] }],
})

export const tool = (name: string): FunctionTool => ({ kind: 'function', name, schema: { type: 'object' } })

export type Setting = {
  readonly abilities?: ModelAbilities
  readonly drop?: boolean
  readonly model?: string
}

/** Writes requests of a chat client that says "Hi", with the given parts; the request is frozen. */
export function exampleWriter(writeRequest: ChatCodec['writeRequest']) {
  const write = (parts: Partial<NeutralRequest>, setting: Setting = {}) => {
    const request: NeutralRequest = deepFreeze({
      from: 'openai-chat',
      model: 'm',
      messages: [says('user', 'Hi')],
      isStream: false,
      wantsUsage: false,
      tools: [],
      extra: {},
      ...parts,
    })
    const { abilities = {}, drop = false, model = 'claude' } = setting
    const written = writeRequest(request, { model, dropUnsupported: drop, abilities })
    const body = JSON.parse(JSON.stringify(written.body))
    return { ...written, body }
  }
  const refused = (parts: Partial<NeutralRequest>, setting: Setting = {}): [string, unknown] => {
    try {
      write(parts, setting)
    } catch (error) {
      if (isAppError(error)) return [error.code, error.details['param']]
    }
    return ['not refused', undefined]
  }
  return { write, refused }
}
