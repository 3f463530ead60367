import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ContentPart, MediaPart } from '../../../neutral/content.ts'
import type { Message, NeutralRequest } from '../../../neutral/neutral-request.ts'
import { arbitraryRequest } from '../../../neutral/testing/arbitrary-request.ts'
import { deepFreeze } from '../../../neutral/testing/deep-freeze.ts'
import { readRequest } from './read-request.ts'
import { writeRequest } from './write-request.ts'

const shape = {
  from: 'gemini' as const,
  media: ['image', 'file', 'audio'] as const,
  settings: [
    'maxOutputTokens',
    'temperature',
    'topP',
    'topK',
    'stop',
    'seed',
    'frequencyPenalty',
    'presencePenalty',
    'choices',
    'logprobs',
    'output',
  ] as const,
}

/** The API demands types of addresses, so the ending of one is told. */
function withType(part: ContentPart): ContentPart {
  if (part.kind !== 'image' || part.source.kind !== 'url') return part
  const source: MediaPart['source'] = { ...part.source, mediaType: 'image/png' }
  return { ...part, source }
}

/** What the format can hold of the messages: one instruction, and a name with each result. */
function expectedMessages(messages: readonly Message[]): Message[] {
  const names = new Map<string, string>()
  const system = messages.filter(({ role }) => role === 'system').flatMap(({ content }) => content)
  const rest = messages
    .filter(({ role }) => role !== 'system')
    .map(({ role, content }) => ({
      role,
      content: content.map((part) => {
        if (part.kind === 'tool-call') names.set(part.id, part.name)
        if (part.kind !== 'tool-result') return withType(part)
        return { ...part, name: names.get(part.callId) ?? '' }
      }),
    }))
  return system.length === 0 ? rest : [{ role: 'system', content: system }, ...rest]
}

function expectedSettings(request: NeutralRequest): Partial<NeutralRequest> {
  const { output, choices, messages: _, tools: __, toolChoice: ___, wantsUsage: ____, ...rest } = request
  const shaped =
    output?.kind === 'json-schema' ? { kind: output.kind, name: 'response', schema: output.schema } : output
  return {
    ...rest,
    ...(shaped === undefined ? {} : { output: shaped }),
    ...(choices === undefined || choices === 1 ? {} : { choices }),
  }
}

test('what is written is read again, as far as the format can hold it', () => {
  fc.assert(
    fc.property(arbitraryRequest(shape), (request) => {
      const options = { model: request.model, dropUnsupported: false, abilities: {} }
      const { body, dropped } = writeRequest(deepFreeze(request), options)
      expect(dropped).toEqual([])
      const path = { model: request.model, isStream: request.isStream }
      const {
        messages,
        tools,
        toolChoice,
        wantsUsage: _,
        ...settings
      } = readRequest(JSON.parse(JSON.stringify(body)), path)
      expect(messages).toEqual(expectedMessages(request.messages))
      expect(settings).toEqual(expectedSettings(request))
      const plain = (list: NeutralRequest['tools']) => list.map((tool) => ({ ...tool, isStrict: undefined }))
      expect(plain(tools)).toEqual(plain(request.tools))
      const isStrict = request.tools.some((tool) => tool.kind === 'function' && tool.isStrict === true)
      expect(toolChoice).toEqual(request.toolChoice ?? (isStrict ? { kind: 'auto' } : undefined))
    }),
  )
})
