import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StreamFacts } from './stream-facts.ts'
import { TextEvents } from './text-events.ts'

const unit = fc.constantFrom(
  'a',
  'word ',
  '"',
  '\\',
  '\n',
  '\u00e9',
  '\u{1f600}',
  '}',
  '{',
  ',"content":"',
  '\u2028',
)
const text = fc.string({ unit, maxLength: 4 })

/** Events that begin alike, and now and then are something else. */
const event = fc.oneof(
  { weight: 8, arbitrary: text.map((content) => ({ index: 0, delta: { content }, finish_reason: null })) },
  { weight: 1, arbitrary: text.map((content) => ({ index: 1, delta: { content }, finish_reason: null })) },
  { weight: 1, arbitrary: text.map((content) => ({ index: 0, delta: { role: 'assistant', content } })) },
  { weight: 1, arbitrary: text.map((content) => ({ index: 0, delta: { reasoning_content: content } })) },
  { weight: 1, arbitrary: text.map((content) => ({ delta: { content, reasoning_content: 'so' } })) },
  { weight: 1, arbitrary: text.map((content) => ({ delta: { content }, finish_reason: 'stop' })) },
  {
    weight: 1,
    arbitrary: text.map((id) => ({
      delta: { tool_calls: [{ index: 0, id, function: { arguments: '{' } }] },
    })),
  },
)

const chunk = fc.oneof(
  { weight: 10, arbitrary: event.map((choice) => ({ id: 'c', choices: [choice] })) },
  {
    weight: 1,
    arbitrary: event.map((choice) => ({ id: 'c', choices: [choice], usage: { prompt_tokens: 3 } })),
  },
  { weight: 1, arbitrary: fc.tuple(event, event).map((choices) => ({ id: 'c', choices })) },
)

test('a stream is read the same whether its events are known by their shape or parsed one by one', () => {
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 12 }), (chunks) => {
      const facts = new StreamFacts()
      for (const each of chunks) facts.take(JSON.stringify(each))
      // Blanks at changing places keep every event from being like another.
      const parsed = new StreamFacts()
      for (const [index, each] of chunks.entries())
        parsed.take(JSON.stringify(each).replace('{', `{${' '.repeat(index)}`))
      expect(facts.facts()).toEqual(parsed.facts())
      expect(facts.isFinished).toBe(parsed.isFinished)
    }),
    { numRuns: 2_000 },
  )
})

const eventOf = (content: string, more = '') =>
  `{"choices":[{"index":0,"delta":{"content":"${content}"}}]${more}}`

test('only the text may differ from what was learnt', () => {
  const events = new TextEvents()
  expect(events.read(eventOf('a'))).toBeUndefined()
  events.learn(eventOf('a'), JSON.parse(eventOf('a')) as object as Record<string, unknown>)
  expect(events.read(eventOf('word'))).toBe('word')
  expect(events.read(eventOf(''))).toBe('')
  for (const other of [
    eventOf('a\\n'),
    eventOf('a","role":"tool'),
    eventOf('a', ',"usage":{"prompt_tokens":1}'),
    eventOf('a').replace('"index":0', '"index":1'),
    eventOf('a\u0001'),
    eventOf('a').slice(0, -1),
    '[DONE]',
  ])
    expect(events.read(other)).toBeUndefined()
})

test('nothing is learnt from an event with more than text, or with the same words twice', () => {
  for (const data of [
    '{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}',
    '{"choices":[{"index":1,"delta":{"content":"a"}}]}',
    '{"choices":[{"index":0,"delta":{"content":"a","reasoning":"b"}}]}',
    '{"choices":[{"index":0,"delta":{"content":"a"}}],"error":{"message":"x"}}',
    '{"x":{"content":"a"},"choices":[{"index":0,"delta":{"content":"a"}}]}',
  ]) {
    const events = new TextEvents()
    events.learn(data, JSON.parse(data) as Record<string, unknown>)
    expect(events.read(data)).toBeUndefined()
  }
})
