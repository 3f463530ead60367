import { ApiError, FunctionCallingConfigMode, GoogleGenAI, ThinkingLevel, Type } from '@google/genai'
import { AppError } from '@ratchet/contract'
import { afterEach, expect, test } from 'vitest'
import { answerEvents } from '../../neutral/answer-events.ts'
import type { ContentPart } from '../../neutral/content.ts'
import type { FinishReason, NeutralAnswer } from '../../neutral/neutral-answer.ts'
import type { NeutralRequest } from '../../neutral/neutral-request.ts'
import { startGeminiServer, type Reply } from './testing/start-gemini-server.ts'

let stop = (): Promise<unknown> => Promise.resolve()
afterEach(() => stop())

async function connect(reply: (request: NeutralRequest) => Reply) {
  const server = await startGeminiServer(reply)
  stop = server.stop
  const client = new GoogleGenAI({ apiKey: 'key', httpOptions: { baseUrl: server.baseUrl } })
  return { client, server }
}

function answerOf(parts: readonly ContentPart[], finish: FinishReason = 'stop'): NeutralAnswer {
  return {
    id: 'r1',
    model: 'm',
    createdS: 1,
    choices: [{ index: 0, parts, finish, finishRaw: finish }],
    usage: { inputTokens: 3, outputTokens: 9, cachedInputTokens: 1, cacheWriteTokens: 0, reasoningTokens: 5 },
  }
}

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of stream) all.push(item)
  return all
}

const text = (value: string): ContentPart => ({ kind: 'text', text: value })
const call = (id: string, city: string): ContentPart => ({
  kind: 'tool-call',
  id,
  name: 'weather',
  arguments: JSON.stringify({ city }),
})

test('generateContent: text, thoughts, usage and finish reason', async () => {
  const thought: ContentPart = { kind: 'reasoning', text: 'Hm', from: 'anthropic', signature: 'c2ln' }
  const { client, server } = await connect(() => ({
    answer: answerOf([thought, text('Hello'), text(' you')]),
  }))
  const response = await client.models.generateContent({
    model: 'asked',
    contents: 'Hi',
    config: {
      systemInstruction: 'Be short.',
      temperature: 0.5,
      maxOutputTokens: 50,
      stopSequences: ['END'],
      thinkingConfig: { includeThoughts: true, thinkingLevel: ThinkingLevel.LOW },
    },
  })
  expect(response.text).toBe('Hello you')
  expect(response.candidates?.[0]?.content?.parts?.[0]).toMatchObject({ text: 'Hm', thought: true })
  expect(response.candidates?.[0]?.finishReason).toBe('STOP')
  expect(response.usageMetadata).toMatchObject({
    promptTokenCount: 3,
    candidatesTokenCount: 4,
    thoughtsTokenCount: 5,
    cachedContentTokenCount: 1,
    totalTokenCount: 12,
  })
  expect(response.modelVersion).toBe('asked')
  expect(server.requests[0]).toMatchObject({
    model: 'asked',
    isStream: false,
    temperature: 0.5,
    maxOutputTokens: 50,
    stop: ['END'],
    reasoning: { effort: 'low', isShown: true },
    messages: [
      { role: 'system', content: [{ text: 'Be short.' }] },
      { role: 'user', content: [{ text: 'Hi' }] },
    ],
  })
})

test('generateContentStream: chunks join to the answer, the last one has reason and usage', async () => {
  const events = answerEvents(answerOf([text('Hello'), text(' schön 🌍')]))
  const { client, server } = await connect(() => ({ batches: events.map((event) => [event]) }))
  const stream = await client.models.generateContentStream({ model: 'asked', contents: 'Hi' })
  const chunks = await collect(stream)
  expect(chunks.map((chunk) => chunk.text).join('')).toBe('Hello schön 🌍')
  expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP')
  expect(chunks.at(-1)?.usageMetadata?.totalTokenCount).toBe(12)
  expect(server.requests[0]?.isStream).toBe(true)
})

const declaration = {
  name: 'weather',
  description: 'Weather of a city',
  parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ['city'] },
}

test('function calls, plain and streamed, parallel, and their results on the next turn', async () => {
  const calls = answerOf([call('c1', 'Köln'), call('c2', 'Bonn')], 'tool-calls')
  const { client, server } = await connect(({ isStream, messages }) => {
    if (messages.some(({ role }) => role === 'tool')) return { answer: answerOf([text('Sunny in both.')]) }
    return isStream ? { batches: answerEvents(calls).map((event) => [event]) } : { answer: calls }
  })
  const config = {
    tools: [{ functionDeclarations: [declaration] }],
    toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY } },
  }
  const asked = { role: 'user', parts: [{ text: 'Weather?' }] }
  const response = await client.models.generateContent({ model: 'asked', contents: [asked], config })
  const expected = [
    { id: 'c1', name: 'weather', args: { city: 'Köln' } },
    { id: 'c2', name: 'weather', args: { city: 'Bonn' } },
  ]
  expect(response.functionCalls).toEqual(expected)
  const stream = await client.models.generateContentStream({ model: 'asked', contents: [asked], config })
  const chunks = await collect(stream)
  expect(chunks.flatMap((chunk) => chunk.functionCalls ?? [])).toEqual(expected)

  const results = expected.map(({ id, name }) => ({
    functionResponse: { id, name, response: { output: 'sunny' } },
  }))
  const model = response.candidates?.[0]?.content ?? {}
  const contents = [asked, model, { role: 'user', parts: results }]
  const last = await client.models.generateContent({ model: 'asked', contents, config })
  expect(last.text).toBe('Sunny in both.')
  expect(server.requests[0]).toMatchObject({
    tools: [
      {
        name: 'weather',
        schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
    ],
    toolChoice: { kind: 'required' },
  })
  expect(server.requests[2]?.messages.slice(2)).toMatchObject([
    { role: 'tool', content: [{ callId: 'c1', content: [{ text: 'sunny' }] }] },
    { role: 'tool', content: [{ callId: 'c2', content: [{ text: 'sunny' }] }] },
  ])
})

test('a chat of the SDK keeps what we stream as its history', async () => {
  const { client, server } = await connect(() => ({
    batches: answerEvents(answerOf([text('Hello'), text(' you')])).map((event) => [event]),
  }))
  const chat = client.chats.create({ model: 'asked' })
  for (const message of ['One', 'Two']) {
    for await (const chunk of await chat.sendMessageStream({ message }))
      expect(chunk.candidates).toHaveLength(1)
  }
  const texts = server.requests[1]?.messages.map(({ role, content }) => ({
    role,
    text: content.map((part) => (part.kind === 'text' ? part.text : part.kind)).join(''),
  }))
  expect(texts?.map(({ role }) => role)).toEqual(expect.arrayContaining(['user', 'assistant']))
  expect(texts?.at(0)).toEqual({ role: 'user', text: 'One' })
  expect(texts?.at(-1)).toEqual({ role: 'user', text: 'Two' })
  expect(
    texts
      ?.slice(1, -1)
      .map((turn) => turn.text)
      .join(''),
  ).toBe('Hello you')
})

test('structured output: the schema arrives as JSON schema', async () => {
  const { client, server } = await connect(() => ({ answer: answerOf([text('{"a":1}')]) }))
  const schema = { type: 'object', properties: { a: { type: 'integer' } }, additionalProperties: false }
  const config = { responseMimeType: 'application/json', responseJsonSchema: schema }
  const response = await client.models.generateContent({ model: 'asked', contents: 'Hi', config })
  expect(JSON.parse(response.text ?? '')).toEqual({ a: 1 })
  expect(server.requests[0]?.output).toMatchObject({ kind: 'json-schema', schema })
})

test('A4.41 a refusal is an ApiError with its status and our words', async () => {
  const { client } = await connect(() => {
    throw new AppError('rate_limited', { message: 'Too many requests; wait 3 s.' })
  })
  const error: unknown = await client.models
    .generateContent({ model: 'asked', contents: 'Hi' })
    .catch((e) => e)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({ status: 429 })
  expect(String(error)).toContain('Too many requests; wait 3 s.')
})

test('A4.39 an error in the middle of a stream is thrown by the SDK after what came before', async () => {
  const [start, partStart, delta] = answerEvents(answerOf([text('Hel')]))
  const error = { status: 503, type: '', code: 'overloaded', message: 'Busy.' }
  const { client } = await connect(() => ({
    batches: [start, partStart, delta, { kind: 'error' as const, error }].map((event) =>
      event ? [event] : [],
    ),
  }))
  const stream = await client.models.generateContentStream({ model: 'asked', contents: 'Hi' })
  const seen: string[] = []
  const read = async () => {
    for await (const chunk of stream) seen.push(chunk.text ?? '')
  }
  await expect(read()).rejects.toMatchObject({ name: 'ApiError', status: 503 })
  expect(seen).toEqual(['Hel'])
})

test('A4.26 a blocked prompt is told with its reason', async () => {
  const promptFeedback = { blockReason: 'SAFETY' }
  const { client } = await connect(() => ({
    answer: { ...answerOf([], 'content-filter'), extra: { promptFeedback }, from: 'gemini' },
  }))
  const response = await client.models.generateContent({ model: 'asked', contents: 'Hi' })
  expect(response.promptFeedback?.blockReason).toBe('SAFETY')
  expect(response.candidates).toBeUndefined()
})

test('without alt=sse the same stream is one JSON list', async () => {
  const events = answerEvents(answerOf([text('Hello')]))
  const { server } = await connect(() => ({ batches: events.map((event) => [event]) }))
  const response = await fetch(`${server.baseUrl}/v1beta/models/asked:streamGenerateContent`, {
    method: 'POST',
    body: JSON.stringify({ contents: [{ parts: [{ text: 'Hi' }] }] }),
  })
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(await response.json()).toMatchObject([
    { candidates: [{ content: { parts: [{ text: 'Hello' }] } }] },
    { candidates: [{ finishReason: 'STOP' }] },
  ])
})
