import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerEvents } from '../../../neutral/answer-events.ts'
import type { ContentPart } from '../../../neutral/content.ts'
import type { NeutralChoice, NeutralEvent } from '../../../neutral/neutral-answer.ts'
import { arbitraryAnswer } from '../../../neutral/testing/arbitrary-answer.ts'
import { arbitraryStream } from '../../../neutral/testing/arbitrary-events.ts'
import { readStream } from '../../../neutral/testing/read-stream.ts'
import { exampleOptions } from '../../openai/testing/example-options.ts'
import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { SseParser } from '../../sse-parser.ts'
import { writeAnswer } from '../answer/write-answer.ts'
import { ResponsesStreamReader } from './stream-reader.ts'
import { ResponsesStreamWriter } from './stream-writer.ts'

type Wire = JsonObject & { readonly type: string; readonly sequence_number: number }

const options = exampleOptions('openai-responses')
const shape = {
  from: 'anthropic' as const,
  kinds: ['text', 'refusal', 'reasoning', 'tool-call'] as const,
  maxChoices: 2,
}

function wireOf(text: string): Wire[] {
  return new SseParser().push(Buffer.from(text)).flatMap(({ data, event }) => {
    if (data === undefined) return []
    const value = JSON.parse(data)
    expect(event).toBe(value.type)
    return [value]
  })
}

function eventsFor(parts: readonly ContentPart[], more: Partial<NeutralChoice> = {}): NeutralEvent[] {
  const choice = { index: 0, parts, finish: 'stop' as const, finishRaw: 'stop', ...more }
  return answerEvents({ id: 'a1', model: 'm', createdS: 5, choices: [choice] })
}

const write = (events: readonly NeutralEvent[]) => wireOf(new ResponsesStreamWriter(options).write(events))
const typesOf = (events: readonly NeutralEvent[]) =>
  write(events).map(({ type }) => type.replace('response.', ''))

/** The items of the last snapshot. */
function outputOf(wire: readonly Wire[]): readonly JsonObject[] {
  const response = wire.at(-1)?.['response']
  const output = isJsonObject(response) ? response['output'] : undefined
  return Array.isArray(output) ? output : []
}

/** Items as a client puts them together that looks at nothing but what is added, and at deltas. */
function accumulate(wire: readonly Wire[]): unknown[] {
  const items: { [name: string]: unknown }[] = []
  const contentOf = (event: Wire) => {
    const content = items[Number(event['output_index'])]?.['content']
    const part: unknown = Array.isArray(content) ? content[Number(event['content_index'])] : undefined
    return isJsonObject(part) ? (part as { [name: string]: unknown }) : {}
  }
  for (const event of wire) {
    const item = items[Number(event['output_index'])] ?? {}
    const { delta } = event
    if (event.type === 'response.output_item.added') items.push({ ...(event['item'] as JsonObject) })
    else if (event.type === 'response.content_part.added') (item['content'] as unknown[]).push(event['part'])
    else if (event.type === 'response.output_text.delta') {
      contentOf(event)['text'] += String(delta)
      const { logprobs } = contentOf(event)
      if (Array.isArray(logprobs) && Array.isArray(event['logprobs'])) logprobs.push(...event['logprobs'])
    } else if (event.type === 'response.refusal.delta') contentOf(event)['refusal'] += String(delta)
    else if (event.type === 'response.output_text.annotation.added')
      (contentOf(event)['annotations'] as unknown[]).push(event['annotation'])
    else if (event.type === 'response.function_call_arguments.delta') item['arguments'] += String(delta)
    else if (event.type === 'response.reasoning_summary_part.added')
      (item['summary'] as unknown[]).push({ ...(event['part'] as JsonObject) })
    else if (event.type === 'response.reasoning_summary_text.delta') {
      const [part] = item['summary'] as { text: string }[]
      if (part !== undefined) part.text += String(delta)
    }
  }
  return items.map(({ status: _status, encrypted_content: _encrypted, ...rest }) => rest)
}

function withoutEnds(output: unknown): unknown[] {
  const items = Array.isArray(output) ? output : []
  return items.map(({ status: _status, encrypted_content: _encrypted, ...rest }) => rest)
}

test('A4.35 the last snapshot equals what the deltas made, and each item’s done event', () => {
  fc.assert(
    fc.property(arbitraryStream(shape), ({ events }) => {
      const writer = new ResponsesStreamWriter(options)
      const wire = wireOf(events.map((event) => writer.write([event])).join(''))
      const output = outputOf(wire)
      // Probabilities that come apart from their text have no event of their own.
      expect(withoutLogprobs(accumulate(wire))).toEqual(withoutLogprobs(withoutEnds(output)))
      const done = wire
        .filter(({ type }) => type === 'response.output_item.done')
        .toSorted((one, other) => Number(one['output_index']) - Number(other['output_index']))
      expect(done.map(({ item }) => item)).toEqual(output)
    }),
  )
})

function withoutLogprobs(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (name, inner) => (name === 'logprobs' ? undefined : inner)))
}

test('A4.35 numbers rise from 0 by one; created, in progress, then one of the three ends', () => {
  fc.assert(
    fc.property(arbitraryStream(shape), ({ events }) => {
      const wire = write(events)
      expect(wire.map((event) => event.sequence_number)).toEqual(wire.map((_, index) => index))
      expect(wire.slice(0, 2).map(({ type }) => type)).toEqual(['response.created', 'response.in_progress'])
      expect(['response.completed', 'response.incomplete']).toContain(wire.at(-1)?.type)
    }),
  )
})

test('A4.40 a stream ends with the response that a whole answer is', () => {
  fc.assert(
    fc.property(arbitraryAnswer({ ...shape, maxChoices: 1 }), (answer) => {
      const last = write(answerEvents(answer)).at(-1)?.['response']
      expect(last).toEqual(JSON.parse(JSON.stringify(writeAnswer(answer, options))))
    }),
  )
})

test('golden: the order of every kind of event', () => {
  const citation = { url: 'u', title: 't', raw: { format: 'openai-chat' as const, value: {} } }
  expect(
    typesOf(
      eventsFor([
        { kind: 'reasoning', text: 'Hm', from: 'anthropic' },
        { kind: 'text', text: 'A', citations: [citation] },
        { kind: 'refusal', text: 'B' },
        { kind: 'tool-call', id: 'c', name: 'f', arguments: '' },
        {
          kind: 'other',
          format: 'openai-chat',
          value: { id: 'd', type: 'custom', custom: { name: 'p', input: 'x' } },
        },
      ]),
    ),
  ).toEqual([
    'created',
    'in_progress',
    'output_item.added',
    'reasoning_summary_part.added',
    'reasoning_summary_text.delta',
    'reasoning_summary_text.done',
    'reasoning_summary_part.done',
    'output_item.done',
    'output_item.added',
    'content_part.added',
    'output_text.delta',
    'output_text.annotation.added',
    'output_text.done',
    'content_part.done',
    'content_part.added',
    'refusal.delta',
    'refusal.done',
    'content_part.done',
    'output_item.done',
    'output_item.added',
    'function_call_arguments.delta',
    'function_call_arguments.done',
    'output_item.done',
    'output_item.added',
    'custom_tool_call_input.delta',
    'custom_tool_call_input.done',
    'output_item.done',
    'completed',
  ])
})

test('arguments come in deltas and whole at the end; none are {}', () => {
  const call: ContentPart = { kind: 'tool-call', id: 'c', name: 'f', arguments: '' }
  const wire = write(eventsFor([call])).filter(({ type }) => type.includes('function_call_arguments'))
  expect(wire).toMatchObject([
    { type: 'response.function_call_arguments.delta', delta: '{}', output_index: 0, item_id: 'fc_a1_0' },
    { type: 'response.function_call_arguments.done', arguments: '{}', output_index: 0, item_id: 'fc_a1_0' },
  ])
})

test('a stream of the format itself passes through with its tools’ events', () => {
  const bytes = readFileSync(join(import.meta.dirname, '..', '__fixtures__', 'full.sse'))
  const before = wireOf(bytes.toString())
  const after = write(readStream(new ResponsesStreamReader(), bytes))
  const search = (wire: readonly Wire[]) =>
    wire
      .filter(({ type }) => type.includes('web_search'))
      .map(({ type, output_index }) => [type, output_index])
  expect(search(after)).toEqual(search(before))
  const output = outputOf(after)
  const wanted = outputOf(before)
  expect(output.slice(1)).toEqual(wanted.slice(1))
})

test('A4.38 probabilities come in the event of their text', () => {
  const logprobs = { content: [{ token: 'A', logprob: -1 }] }
  const events = eventsFor([{ kind: 'text', text: 'A' }])
  const at = events.findIndex(({ kind }) => kind === 'part-delta') + 1
  const wire = write([...events.slice(0, at), { kind: 'logprobs', choice: 0, logprobs }, ...events.slice(at)])
  expect(wire.find(({ type }) => type === 'response.output_text.delta')).toMatchObject({
    logprobs: logprobs.content,
  })
  expect(wire.find(({ type }) => type === 'response.output_text.done')).toMatchObject({
    logprobs: logprobs.content,
  })
})

test('A4.39 after an error the response has failed, an error event says why, and nothing follows', () => {
  const events = eventsFor([{ kind: 'text', text: 'Half' }])
  const error = { status: 429, type: 'rate_limit_error', code: '', message: 'Slow down.' }
  const wire = write([...events.slice(0, 3), { kind: 'error', error }, { kind: 'end' }])
  expect(wire.slice(-2)).toMatchObject([
    {
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'rate_limit_exceeded', message: 'Slow down.' } },
    },
    {
      type: 'error',
      message: 'Slow down.',
      code: null,
      param: null,
      error: { type: 'rate_limit_error', message: 'Slow down.' },
    },
  ])
})

test('A4.25 a cut answer is incomplete, and so is its message', () => {
  const wire = write(
    eventsFor([{ kind: 'text', text: 'Once' }], { finish: 'length', finishRaw: 'max_tokens' }),
  )
  expect(wire.at(-1)).toMatchObject({
    type: 'response.incomplete',
    response: {
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ status: 'incomplete' }],
    },
  })
})

test('A4.37 there is no [DONE], and A4.6 a heartbeat is a comment', () => {
  const text = new ResponsesStreamWriter(options).write([...eventsFor([{ kind: 'text', text: 'A' }])])
  expect(text).not.toContain('[DONE]')
  expect(new ResponsesStreamWriter(options).write([{ kind: 'ping' }])).toBe(': ping\n\n')
})
