import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NeutralRequest } from '../../../neutral/neutral-request.ts'
import { arbitraryRequest, type RequestShape } from '../../../neutral/testing/arbitrary-request.ts'
import { deepFreeze } from '../../../neutral/testing/deep-freeze.ts'
import type { JsonObject } from '../../parse-json.ts'
import { readRequest } from './read-request.ts'
import { writeRequest } from './write-request.ts'

const shape: RequestShape = {
  from: 'anthropic',
  media: ['image', 'file'],
  settings: ['maxOutputTokens', 'temperature', 'topP', 'topK', 'stop', 'user'],
}
const options = { model: 'connection/model', dropUnsupported: false, abilities: {} }
const overTheWire = (body: JsonObject): JsonObject => deepFreeze(JSON.parse(JSON.stringify(body)))

test('what is written is read as what it says, and written again as it was', () => {
  fc.assert(
    fc.property(arbitraryRequest(shape), (request) => {
      const body = overTheWire(writeRequest(deepFreeze(request), options).body)
      const again = readRequest(body, {})
      expect(overTheWire(writeRequest(again, options).body)).toEqual(body)
      expect(settingsOf(again)).toEqual(settingsOf(request))
      expect(wordsOf(again)).toEqual(wordsOf(request))
    }),
  )
})

test('A4.13 A4.14 from any format, turns take turns, calls are answered first, and nothing is said without words', () => {
  fc.assert(
    fc.property(arbitraryRequest({ ...shape, from: 'openai-chat' }), (request) => {
      const { body } = writeRequest(deepFreeze(request), options)
      const turns = JSON.parse(JSON.stringify(body['messages'])) as { role: string; content: any }[]
      expect(turns[0]!.role).toBe('user')
      expect(turns.filter((turn, at) => turn.role === turns[at - 1]?.role)).toEqual([])
      expect(turns.filter((turn) => turn.content.length === 0)).toEqual([])
      const calls = turns.flatMap((turn, at) => {
        const ids = idsOf(turn.content, 'id')
        return ids.length === 0
          ? []
          : [[ids, idsOf(turns[at + 1]?.content, 'tool_use_id').slice(0, ids.length)]]
      })
      for (const [made, answered] of calls) expect(answered).toEqual(made)
      expect(wordsOf(readRequest(overTheWire(body), {}))).toEqual(wordsOf(request))
    }),
  )
})

function idsOf(content: any, name: string): string[] {
  return Array.isArray(content) ? content.flatMap((block) => block[name] ?? []) : []
}

/** What Anthropic's format keeps of the settings, within its bounds. */
function settingsOf(request: NeutralRequest): object {
  const stop = request.stop?.filter((text) => text.trim() !== '')
  return {
    maxOutputTokens: request.maxOutputTokens ?? 4096,
    temperature: request.temperature === undefined ? undefined : Math.min(1, request.temperature),
    topP: request.topP,
    topK: request.topK,
    user: request.user,
    stop: stop?.length === 0 ? undefined : stop,
    toolChoice: request.tools.length === 0 ? undefined : request.toolChoice,
    tools: request.tools.map((tool) => (tool.kind === 'function' ? [tool.name, tool.description] : [])),
  }
}

/** Everything that is said, called, shown and answered, in order, without the placeholder for a user who is silent. */
function wordsOf(request: NeutralRequest): unknown[] {
  return request.messages.flatMap((message) =>
    message.content.flatMap((part): unknown[] => {
      if (part.kind === 'text') return part.text.trim() === '' || part.text === '.' ? [] : [part.text]
      if (part.kind === 'tool-call') return [[part.id, part.name, JSON.parse(part.arguments)]]
      if (part.kind !== 'tool-result') return [part]
      const texts = part.content.flatMap((item) => (item.kind === 'text' ? [item.text] : []))
      return [[part.callId, texts.filter((text) => text.trim() !== '')]]
    }),
  )
}
