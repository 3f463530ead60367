import { expect, test } from 'vitest'
import { readMessages } from './read-messages.ts'

test('a conversation is found in a list, in "messages" and in a single message', () => {
  const message = { role: 'user', content: 'Hello' }
  for (const value of [[message], { messages: [message] }, { message }, message]) {
    expect(readMessages(value)).toEqual([{ role: 'user', text: 'Hello' }])
  }
})

test('parts, missing contents and tool calls become words', () => {
  const parts = { role: 'user', content: [{ type: 'text', text: 'Look' }, { type: 'image_url' }] }
  const call = {
    role: 'assistant',
    content: null,
    tool_calls: [{ function: { name: 'find', arguments: '{"q":1}' } }],
  }
  expect(readMessages([parts, call])).toEqual([
    { role: 'user', text: 'Look\n[image_url]' },
    { role: 'assistant', text: 'find({"q":1})' },
  ])
})

test('what is not a conversation is left to the tree', () => {
  for (const value of [{ answer: 'x' }, ['a'], [], 'text', 3, null])
    expect(readMessages(value)).toBeUndefined()
})
