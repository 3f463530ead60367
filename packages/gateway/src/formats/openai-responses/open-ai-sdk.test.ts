import fc from 'fast-check'
import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerEvents } from '../../neutral/answer-events.ts'
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
  expect(answerEvents(answer).length).toBeGreaterThan(3)
})
