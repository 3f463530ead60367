import fc from 'fast-check'
import type { Response, ResponseOutputItem, ResponseStreamEvent } from 'openai/resources/responses/responses'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { arbitraryStream } from '../../neutral/testing/arbitrary-events.ts'
import { exampleOptions } from '../openai/testing/example-options.ts'
import { startSdkServer, type SdkServer } from '../openai/testing/sdk-server.ts'
import { openAiResponses } from './codec.ts'

let t: SdkServer
beforeAll(async () => {
  t = await startSdkServer()
})
afterAll(() => t.stop())

const input = 'Hello'
const model = 'openai/gpt-test'
const shape = {
  from: 'anthropic' as const,
  kinds: ['text', 'refusal', 'reasoning', 'tool-call'] as const,
  maxChoices: 1,
}

test('A4.35 the SDK’s stream helper ends with the answer that all deltas make', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryStream(shape), async ({ answer, events }) => {
      const writer = openAiResponses.makeStreamWriter(exampleOptions('openai-responses'))
      t.answerWith({ stream: events.map((event) => writer.write([event])) })
      const stream = t.client.responses.stream({ model, input })
      const seen: ResponseStreamEvent[] = []
      for await (const event of stream) seen.push(event)
      const final = await stream.finalResponse()
      const whole = openAiResponses.writeAnswer(answer, exampleOptions('openai-responses'))
      expect(final.usage ?? null).toEqual(whole['usage'])
      expect(factsOf(final)).toEqual(factsOf(whole as unknown as Response))
      expect(final.output_text).toBe(textOf(final))
      expect(final.status).toBe(whole['status'])
      expect(seen.map((event) => event.sequence_number)).toEqual(seen.map((_, index) => index))
      expect(seen.slice(0, 2).map((event) => event.type)).toEqual([
        'response.created',
        'response.in_progress',
      ])
      expect(seen.at(-1)?.type).toBe(`response.${String(whole['status'])}`)
    }),
    { numRuns: 60 },
  )
})

/** What a user sees; mixed calls may stand in another order. */
function factsOf(response: Response) {
  const calls = response.output.flatMap((item) =>
    item.type === 'function_call' ? [`${item.call_id} ${item.name} ${item.arguments}`] : [],
  )
  const thoughts = response.output.flatMap((item) =>
    item.type === 'reasoning' ? item.summary.map(({ text }) => text) : [],
  )
  return { text: textOf(response), calls: calls.toSorted(), thoughts }
}

function textOf(response: Response): string {
  const parts = response.output.flatMap((item) => (item.type === 'message' ? item.content : []))
  return parts.map((part) => (part.type === 'output_text' ? part.text : '')).join('')
}

test('an answer has every field that the SDK’s type of a response demands', () => {
  const answer = {
    id: 'msg_1',
    model: 'claude-test',
    createdS: 0,
    choices: [
      {
        index: 0,
        parts: [
          { kind: 'reasoning' as const, text: 'Hm.', signature: 'sig', from: 'anthropic' as const },
          { kind: 'text' as const, text: 'Hi.' },
          { kind: 'tool-call' as const, id: 'toolu_1', name: 'time', arguments: '' },
        ],
        finish: 'tool-calls' as const,
        finishRaw: 'tool_use',
      },
    ],
  }
  const written = openAiResponses.writeAnswer(answer, exampleOptions('openai-responses'))
  // Every key that the type has without "?", apart from `output_text`, which the SDK adds itself.
  const demanded: {
    readonly [Name in keyof Response as object extends Pick<Response, Name> ? never : Name]: true
  } = {
    id: true,
    access_programs: true,
    output_text: true,
    created_at: true,
    error: true,
    incomplete_details: true,
    instructions: true,
    metadata: true,
    model: true,
    object: true,
    output: true,
    parallel_tool_calls: true,
    temperature: true,
    tool_choice: true,
    tools: true,
    top_p: true,
  }
  const { output_text: _added, ...names } = demanded
  for (const name of Object.keys(names)) expect(written).toHaveProperty(name)
})

test('items of an answer have the shape that the SDK’s types say', () => {
  const answer = {
    id: 'msg_1',
    model: 'm',
    createdS: 1,
    choices: [
      {
        index: 0,
        parts: [
          { kind: 'text' as const, text: 'Hi.' },
          { kind: 'refusal' as const, text: 'No.' },
          { kind: 'tool-call' as const, id: 'toolu_1', name: 'time', arguments: '{}' },
        ],
        finish: 'stop' as const,
        finishRaw: 'stop',
      },
    ],
  }
  const output = openAiResponses.writeAnswer(answer, exampleOptions('openai-responses'))['output']
  expect(output).toEqual([
    {
      id: 'msg_1_0',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [
        { type: 'output_text', text: 'Hi.', annotations: [], logprobs: [] },
        { type: 'refusal', refusal: 'No.' },
      ],
    },
    {
      id: 'fc_1_1',
      type: 'function_call',
      status: 'completed',
      call_id: 'toolu_1',
      name: 'time',
      arguments: '{}',
    },
  ] satisfies ResponseOutputItem[])
})

test('A4.39 a stream that fails throws in the SDK with the provider’s message', async () => {
  const writer = openAiResponses.makeStreamWriter(exampleOptions('openai-responses'))
  const error = { status: 529, type: 'overloaded_error', code: '', message: 'Busy.' }
  const text = writer.write([
    { kind: 'start', id: 'a', model: 'm', createdS: 1 },
    { kind: 'part-start', choice: 0, part: 0, start: { kind: 'text' } },
    { kind: 'part-delta', choice: 0, part: 0, text: 'Half' },
    { kind: 'error', error },
  ])
  t.answerWith({ stream: [text] })
  await expect(t.client.responses.stream({ model, input }).finalResponse()).rejects.toThrow('Busy.')
  const seen: string[] = []
  t.answerWith({ stream: [text] })
  const raw = await t.client.responses.create({ model, input, stream: true })
  const drain = async () => {
    for await (const event of raw) seen.push(event.type)
  }
  await expect(drain()).rejects.toMatchObject({ code: 'overloaded_error', type: 'server_error' })
  expect(seen.at(-1)).toBe('response.failed')
})

test('a request of the SDK is understood, and a whole answer gives it output_text', async () => {
  const parts = [{ kind: 'text' as const, text: 'Bern.' }]
  const choices = [{ index: 0, parts, finish: 'stop' as const, finishRaw: 'end_turn' }]
  const answer = { id: 'msg_9', model: 'm', createdS: 1, choices }
  t.answerWith({ status: 200, json: openAiResponses.writeAnswer(answer, exampleOptions('openai-responses')) })
  const received = await t.client.responses.create({
    model,
    instructions: 'Be brief.',
    input: [{ role: 'user', content: [{ type: 'input_text', text: 'Which city?' }] }],
    text: { format: { type: 'json_schema', name: 'city', schema: { type: 'object' }, strict: true } },
    reasoning: { effort: 'low' },
  })
  expect(received.output_text).toBe('Bern.')
  expect(openAiResponses.readRequest(t.bodies.at(-1) ?? {}, {})).toMatchObject({
    messages: [
      { role: 'system', content: [{ text: 'Be brief.' }] },
      { role: 'user', content: [{ text: 'Which city?' }] },
    ],
    output: { kind: 'json-schema', name: 'city', isStrict: true },
    reasoning: { effort: 'low' },
  })
})
