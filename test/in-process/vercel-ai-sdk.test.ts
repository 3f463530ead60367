import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { APICallError, generateText, jsonSchema, Output, streamText, tool, type LanguageModel } from 'ai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keys } from '../../packages/gateway/src/testing/example-snapshot.ts'
import { answerSchema } from '../../packages/gateway/src/testing/clients/client-driver.ts'
import {
  modelOf,
  startMatrixGateway,
  type MatrixGateway,
} from '../../packages/gateway/src/testing/clients/start-matrix-gateway.ts'
import { watchStalls } from '../../packages/gateway/src/testing/watch-stalls.ts'
import { words, type Scenario } from '../../packages/gateway/src/testing/providers/answer-script.ts'
import { familyNames, type FamilyName } from '../../packages/gateway/src/testing/providers/provider-family.ts'

let running: MatrixGateway
let models: Readonly<Record<Api, (name: string) => LanguageModel>>
beforeAll(async () => {
  running = await startMatrixGateway()
  const openAi = createOpenAI({ baseURL: `${running.gateway.url}/v1`, apiKey: keys.invoke })
  const anthropic = createAnthropic({ baseURL: `${running.gateway.url}/v1`, apiKey: keys.invoke })
  models = {
    chat: (name) => openAi.chat(name),
    responses: (name) => openAi.responses(name),
    messages: (name) => anthropic(name),
  }
})
afterAll(() => running.stop())

const apis = ['chat', 'responses', 'messages'] as const
type Api = (typeof apis)[number]
const pairs = apis.flatMap((api) => familyNames.map((family) => [api, family] as const))

describe.each(pairs)('the AI SDK with %s at %s', (api, family) => {
  const ask = (scenario: Scenario) => ({
    model: models[api](modelOf(family, scenario)),
    prompt: 'Hello',
    maxRetries: 0,
  })

  test('gets a text with its usage, whole and streamed', async () => {
    const whole = await generateText(ask('plain'))
    expect(whole.text).toBe(words.pieces.join(''))
    expect(whole.usage).toMatchObject({ inputTokens: 20, outputTokens: 7 })
    const stream = streamText(ask('plain'))
    expect(await stream.text).toBe(words.pieces.join(''))
    expect(await stream.finishReason).toBe('stop')
    expect(await stream.usage).toMatchObject({ inputTokens: 20, outputTokens: 7 })
  })

  test('gets parallel calls, whole and streamed', async () => {
    const input = jsonSchema<object>({ type: 'object', properties: {} })
    const tools = {
      get_weather: tool({ description: 'Weather of a city.', inputSchema: input }),
      get_time: tool({ description: 'Time of a zone.', inputSchema: input }),
    }
    const expected = [
      { toolName: 'get_weather', input: { city: 'Bern', days: [1, 2.5] } },
      { toolName: 'get_time', input: { zone: 'CET' } },
    ]
    expect((await generateText({ ...ask('parallel-tools'), tools })).toolCalls).toMatchObject(expected)
    const stream = streamText({ ...ask('parallel-tools'), tools })
    expect(await stream.toolCalls).toMatchObject(expected)
    expect(await stream.finishReason).toBe('tool-calls')
  })

  test('gets an object of a schema', async () => {
    const schema = jsonSchema<{ city: string; days: number[] }>(answerSchema as object)
    const { output } = await generateText({ ...ask('structured'), output: Output.object({ schema }) })
    expect(output).toEqual({ city: 'Bern', days: [1, 2.5] })
  })

  test('raises the errors of the provider', async () => {
    const failure: unknown = await generateText(ask('rate-limit')).catch((caught: unknown) => caught)
    expect(APICallError.isInstance(failure)).toBe(true)
    expect(failure).toMatchObject({ statusCode: 429, isRetryable: true })
    expect(String(failure)).toContain(words.tooFast)
  })

  test('sees a stream that was cut as an error', async () => {
    const errors: unknown[] = []
    const stream = streamText({ ...ask('cut'), onError: ({ error }) => void errors.push(error) })
    let text = ''
    for await (const piece of stream.textStream) text += piece
    expect(text).toBe('Hello, ')
    expect(errors).toHaveLength(1)
  })
})

test.each(familyNames)('what the AI SDK leaves is closed at %s', async (family: FamilyName) => {
  const leaving = new AbortController()
  const { seen } = running.providers[family]
  const before = seen.length
  const stalls = watchStalls()
  const model = models.chat(modelOf(family, 'endless'))
  const stream = streamText({ model, prompt: 'Hello', abortSignal: leaving.signal, onError: () => undefined })
  let leftMs = 0
  for await (const piece of stream.textStream) {
    expect(words.pieces.join('')).toContain(piece)
    leftMs ||= performance.now()
    leaving.abort()
  }
  await expect.poll(() => seen[before]?.closedMs).toBeGreaterThan(0)
  // The library takes time of its own; that of the gateway is held to 100 ms where its clients are tested.
  expect((seen[before]?.closedMs ?? Infinity) - leftMs).toBeLessThan(500 + stalls.stoodMs())
})
