import { expect, test } from 'vitest'
import type { ContentPart } from '../../../neutral/content.ts'
import type { Message } from '../../../neutral/neutral-request.ts'
import { assistant, refusedParam, user, write } from '../testing/write-example.ts'

test('A4.9 system and developer messages are all kept: at the top as instruction, later ones in their place', () => {
  const system = (text: string): Message => ({ role: 'system', content: [{ kind: 'text', text, cache: {} }] })
  const { body } = write({
    messages: [
      system('One'),
      { role: 'developer', content: [{ kind: 'text', text: 'Two' }] },
      user('Hello'),
      system('Three'),
      user('Again'),
    ],
  })
  expect(body).toEqual({
    systemInstruction: { parts: [{ text: 'One' }, { text: 'Two' }] },
    contents: [
      { role: 'user', parts: [{ text: 'Hello' }] },
      { role: 'user', parts: [{ text: '<system_message>\nThree\n</system_message>' }] },
      { role: 'user', parts: [{ text: 'Again' }] },
    ],
  })
})

test('A4.9 nothing comes between calls and their results', () => {
  const [question, calls, ...answers] = results
  const system: Message = { role: 'system', content: [{ kind: 'text', text: 'Hurry.' }] }
  const messages = [question, calls, system, ...answers].filter((message) => message !== undefined)
  const { body } = write({ messages })
  expect(body['systemInstruction']).toEqual({ parts: [{ text: 'Hurry.' }] })
  const contents = body['contents'] as { role: string; parts: object[] }[]
  expect(contents.map(({ role, parts }) => [role, parts.length])).toEqual([
    ['user', 1],
    ['model', 2],
    ['user', 2],
    ['user', 1],
  ])
})

test('instructions alone become a turn, because the format demands one', () => {
  const { body } = write({ messages: [{ role: 'system', content: [{ kind: 'text', text: 'One' }] }] })
  expect(body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'One' }] }] })
})

test('A4.14 text beside calls is kept, empty text is not sent', () => {
  const { body } = write({
    messages: [
      user('Hello'),
      assistant(
        { kind: 'text', text: 'Let me look.' },
        { kind: 'text', text: '' },
        { kind: 'tool-call', id: 'c1', name: 'look', arguments: '{"a":1}' },
      ),
      assistant({ kind: 'text', text: '' }),
    ],
  })
  expect(body['contents']).toEqual([
    { role: 'user', parts: [{ text: 'Hello' }] },
    {
      role: 'model',
      parts: [{ text: 'Let me look.' }, { functionCall: { id: 'c1', name: 'look', args: { a: 1 } } }],
    },
  ])
})

const results: readonly Message[] = [
  user('Go'),
  assistant(
    { kind: 'tool-call', id: 'c1', name: 'f', arguments: '' },
    { kind: 'tool-call', id: 'c2', name: 'g', arguments: '{}' },
  ),
  {
    role: 'tool',
    content: [
      { kind: 'tool-result', callId: 'c1', content: [{ kind: 'text', text: 'sunny' }], isError: false },
    ],
  },
  {
    role: 'tool',
    content: [
      { kind: 'tool-result', callId: 'c2', content: [{ kind: 'text', text: '{"a":[1]}' }], isError: false },
    ],
  },
  user('So?'),
]

test('A4.13 A4.23 results of one round are one turn, each with the name of its function', () => {
  const { body } = write({ messages: results })
  expect(body['contents']).toEqual([
    { role: 'user', parts: [{ text: 'Go' }] },
    {
      role: 'model',
      parts: [
        { functionCall: { id: 'c1', name: 'f', args: {} } },
        { functionCall: { id: 'c2', name: 'g', args: {} } },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { id: 'c1', name: 'f', response: { output: 'sunny' } } },
        { functionResponse: { id: 'c2', name: 'g', response: { a: [1] } } },
      ],
    },
    { role: 'user', parts: [{ text: 'So?' }] },
  ])
})

test('A4.23 ids that we made up are not sent, and a result of an unknown call is refused by name', () => {
  const id = 'gemini_call_r_0'
  const result: ContentPart = { kind: 'tool-result', callId: id, content: [], isError: true }
  const call: ContentPart = { kind: 'tool-call', id, name: 'f', arguments: '{}' }
  const { body } = write({ messages: [assistant(call), { role: 'tool', content: [result] }] })
  expect(body['contents']).toEqual([
    { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }] },
    { role: 'user', parts: [{ functionResponse: { name: 'f', response: { error: '' } } }] },
  ])
  expect(() => write({ messages: [{ role: 'tool', content: [result] }] })).toThrow(
    'messages[0] answers the call',
  )
})

test('the same id in two rounds means the call that came last', () => {
  const call = (name: string): Message => assistant({ kind: 'tool-call', id: 'c', name, arguments: '{}' })
  const result: Message = {
    role: 'tool',
    content: [{ kind: 'tool-result', callId: 'c', content: [], isError: false }],
  }
  const { body } = write({ messages: [call('f'), result, call('g'), result] })
  const contents = body['contents'] as { parts: { functionResponse?: { name: string } }[] }[]
  expect(contents.map(({ parts }) => parts[0]?.functionResponse?.name)).toEqual([
    undefined,
    'f',
    undefined,
    'g',
  ])
})

test.each(['', ' ', 'null', '{}'])('A4.15 the arguments %j are none', (text) => {
  const { body } = write({
    messages: [assistant({ kind: 'tool-call', id: 'c', name: 'f', arguments: text })],
  })
  expect(body['contents']).toEqual([
    { role: 'model', parts: [{ functionCall: { id: 'c', name: 'f', args: {} } }] },
  ])
})

test.each(['{"a":', '[1]', '"x"'])('A4.15 the arguments %j are refused with 400, not 500', (text) => {
  const messages = [assistant({ kind: 'tool-call', id: 'c', name: 'f', arguments: text })]
  expect(() => write({ messages })).toThrow('are no JSON object')
})

test('numbers that JSON cannot hold exactly go as text', () => {
  const text = '{"id":12345678901234567890}'
  const result: ContentPart = {
    kind: 'tool-result',
    callId: 'c',
    name: 'f',
    content: [{ kind: 'text', text }],
    isError: false,
  }
  const { body } = write({ messages: [{ role: 'tool', content: [result] }] })
  expect(JSON.stringify(body)).toContain(JSON.stringify({ output: text }))
})

test('A4.22 signatures go back byte for byte; those of other providers are never sent', () => {
  const { body } = write({
    messages: [
      assistant(
        { kind: 'reasoning', text: 'a', signature: 'ZZZ=', from: 'anthropic' },
        { kind: 'reasoning', text: 'b', signature: 'c2ln+/==', from: 'gemini' },
        { kind: 'text', text: 'c', signature: 'dGV4dA==' },
        { kind: 'tool-call', id: 'c', name: 'f', arguments: '{}', signature: 'Y2FsbA==', from: 'gemini' },
        { kind: 'tool-call', id: 'd', name: 'f', arguments: '{}', signature: 'ZZZ=', from: 'anthropic' },
      ),
    ],
  })
  expect(body['contents']).toEqual([
    {
      role: 'model',
      parts: [
        { text: 'b', thought: true, thoughtSignature: 'c2ln+/==' },
        { text: 'c', thoughtSignature: 'dGV4dA==' },
        { functionCall: { id: 'c', name: 'f', args: {} }, thoughtSignature: 'Y2FsbA==' },
        { functionCall: { id: 'd', name: 'f', args: {} } },
      ],
    },
  ])
})

test('A4.22 models that demand a signature accept calls of another provider by Google’s word for them', () => {
  const { body } = write({ messages: results }, { reasoning: 'level' })
  const contents = body['contents'] as { parts: { thoughtSignature?: string }[] }[]
  expect(contents[1]?.parts.map((part) => part.thoughtSignature)).toEqual([
    'skip_thought_signature_validator',
    undefined,
  ])
})

test('A4.19 media of every source; a picture in a result goes with it', () => {
  const image: ContentPart = {
    kind: 'image',
    source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' },
  }
  const { body } = write({
    messages: [
      {
        role: 'user',
        content: [
          image,
          { kind: 'image', source: { kind: 'url', url: 'https://example.com/a.webp?x=1' } },
          { kind: 'file', source: { kind: 'url', url: 'https://example.com/doc' } },
          { kind: 'file', source: { kind: 'text', text: 'plain', mediaType: 'text/plain' } },
          {
            kind: 'video',
            source: { kind: 'file-id', id: 'gs://b/v', format: 'gemini', mediaType: 'video/mp4' },
          },
        ],
      },
      {
        role: 'tool',
        content: [{ kind: 'tool-result', callId: 'c', name: 'f', content: [image], isError: false }],
      },
    ],
  })
  const inlineData = { mimeType: 'image/png', data: 'AA==' }
  expect(body['contents']).toEqual([
    {
      role: 'user',
      parts: [
        { inlineData },
        { fileData: { fileUri: 'https://example.com/a.webp?x=1', mimeType: 'image/webp' } },
        { fileData: { fileUri: 'https://example.com/doc', mimeType: 'application/pdf' } },
        { text: 'plain' },
        { fileData: { fileUri: 'gs://b/v', mimeType: 'video/mp4' } },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { id: 'c', name: 'f', response: { output: '' }, parts: [{ inlineData }] } },
      ],
    },
  ])
})

test('A4.19 a picture in a result stands beside it for models that want it so', () => {
  const image: ContentPart = {
    kind: 'image',
    source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' },
  }
  const result: ContentPart = {
    kind: 'tool-result',
    callId: 'c',
    name: 'f',
    content: [image],
    isError: false,
  }
  const { body } = write(
    { messages: [{ role: 'tool', content: [result] }] },
    { refusedFields: ['functionResponse.parts'] },
  )
  expect(body['contents']).toEqual([
    {
      role: 'user',
      parts: [
        { functionResponse: { id: 'c', name: 'f', response: { output: '' } } },
        { inlineData: { mimeType: 'image/png', data: 'AA==' } },
      ],
    },
  ])
})

test('files and tools of another provider are refused by name', () => {
  const file: ContentPart = { kind: 'file', source: { kind: 'file-id', id: 'file-1', format: 'openai-chat' } }
  const messages: Message[] = [{ role: 'user', content: [{ kind: 'text', text: 'a' }, file] }]
  expect(refusedParam({ messages })).toBe('messages[0].content[1]')
  const other: ContentPart = { kind: 'other', format: 'anthropic', value: { type: 'server_tool_use' } }
  expect(refusedParam({ messages: [assistant(other)] })).toBe('messages[0].content[0]')
  const tools = [{ kind: 'provider' as const, format: 'anthropic' as const, value: { type: 'web_search' } }]
  expect(refusedParam({ tools })).toBe('tools')
})
