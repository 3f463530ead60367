import { expect, test } from 'vitest'
import { answerOffline, readOfflineRequest } from '../index.ts'

const functionTool = (name: string, description: string, properties: object, required: string[] = []) => ({
  type: 'function',
  function: { name, description, parameters: { type: 'object', properties, required } },
})
const tools = [
  functionTool(
    'get_weather',
    'Current weather in a city',
    {
      city: { type: 'string', description: 'City name' },
      unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
    },
    ['city'],
  ),
  functionTool('calculate', 'Evaluate an arithmetic expression', { expression: { type: 'string' } }, [
    'expression',
  ]),
  functionTool(
    'searchOrders',
    'Find orders of a customer',
    { query: { type: 'string' }, limit: { type: 'integer', maximum: 50 } },
    ['query'],
  ),
  functionTool('get_order', 'Status of one order', { orderId: { type: 'string' } }, ['orderId']),
]
const call = (content: string, more: Record<string, unknown> = {}) => {
  const answer = answerOffline(readOfflineRequest({ messages: [{ role: 'user', content }], tools, ...more }))
  if (answer.kind !== 'tool-calls') return undefined
  const [first] = answer.toolCalls
  return first && { name: first.name, ...JSON.parse(first.arguments) }
}

test('the tool whose words match is called, with arguments from the question', () => {
  expect(call('What is the weather in Rio de Janeiro today, in celsius?')).toMatchObject({
    name: 'get_weather',
    unit: 'celsius',
  })
  expect(call('What is the weather in Paris?')).toEqual({ name: 'get_weather', city: 'Paris' })
  expect(call('Calculate 12 * (3 + 4)')).toEqual({ name: 'calculate', expression: '12 * (3 + 4)' })
  expect(call('What is the status of order A-1001?')).toEqual({ name: 'get_order', orderId: 'A-1001' })
  expect(call('Search the last 20 orders of Ada')).toEqual({
    name: 'searchOrders',
    query: 'Search the last 20 orders of Ada',
    limit: 20,
  })
})

test('no tool is called when none matches, or when none is allowed', () => {
  expect(call('Tell me a joke.')).toBeUndefined()
  expect(call('What is the weather in Paris?', { tool_choice: 'none' })).toBeUndefined()
})

test('a demanded tool is called even when nothing matches', () => {
  expect(call('Tell me a joke.', { tool_choice: 'required' })?.name).toBeTypeOf('string')
  const forced = { tool_choice: { type: 'function', function: { name: 'calculate' } } }
  expect(call('Tell me a joke.', forced)?.name).toBe('calculate')
})

test('a parameter may have any name', () => {
  const parameters = {
    type: 'object',
    properties: { 'c++ (a+)+$': { type: 'string' } },
    required: ['c++ (a+)+$'],
  }
  const question = [{ role: 'user', content: 'Compile with c++ version 20.' }]
  const tool = { type: 'function', function: { name: 'compile', parameters } }
  const request = readOfflineRequest({ messages: question, tools: [tool], tool_choice: 'required' })
  expect(answerOffline(request)).toMatchObject({ finishReason: 'tool_calls' })
})

test('the same question makes the same call id', () => {
  const request = readOfflineRequest({ messages: [{ role: 'user', content: 'Weather in Paris' }], tools })
  expect(answerOffline(request)).toEqual(answerOffline(request))
  expect(answerOffline(request)).toMatchObject({
    finishReason: 'tool_calls',
    toolCalls: [{ id: expect.stringMatching(/^call_[0-9a-f]{8}$/u) }],
  })
})

test('after a tool has answered, its result is the answer', () => {
  const messages = (result: string) => [
    { role: 'user', content: 'What is the temperature in Paris?' },
    { role: 'assistant', content: null, tool_calls: [] },
    { role: 'tool', tool_call_id: 'x', content: result },
  ]
  const answer = (result: string) => answerOffline(readOfflineRequest({ messages: messages(result), tools }))
  expect(answer('{"city":"Paris","temperature":21}')).toEqual({
    kind: 'text',
    text: 'city: Paris, temperature: 21',
    finishReason: 'stop',
  })
  expect(answer('42')).toMatchObject({ text: '42' })
  const deep = `${'['.repeat(20_000)}7${']'.repeat(20_000)}`
  expect(answer(deep)).toMatchObject({ finishReason: 'stop' })
})

test('a malformed request is read as far as it goes', () => {
  expect(readOfflineRequest({ messages: 'x', tools: [1], tool_choice: 3, max_tokens: 'many' })).toEqual({
    messages: [],
    tools: [],
    toolChoice: 'auto',
  })
  expect(
    readOfflineRequest({ messages: [{ role: 'owner' }, null, { role: 'user', content: 5 }] }).messages,
  ).toEqual([])
  const parts = [null, 'x', { type: 'text', text: 'Hello' }]
  expect(readOfflineRequest({ messages: [{ role: 'user', content: parts }] }).messages).toEqual([
    { role: 'user', content: [parts[2]] },
  ])
})
