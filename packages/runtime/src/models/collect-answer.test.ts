import { expect, test } from 'vitest'
import { chatChunk } from './chat-chunk.ts'
import { AnswerCollector } from './collect-answer.ts'

test('the cost that the gateway tells is part of the answer, and a strange one is left out', () => {
  const collector = new AnswerCollector(undefined)
  collector.add(chatChunk.parse({ choices: [{ delta: { content: 'Hi' } }] }))
  expect(collector.answer().costNano).toBeUndefined()
  collector.add(chatChunk.parse({ choices: [], usage: { prompt_tokens: 1 }, ratchet: { costNano: 42 } }))
  expect(collector.answer()).toMatchObject({ text: 'Hi', costNano: 42, usage: { inputTokens: 1 } })
  collector.add(chatChunk.parse({ ratchet: { costNano: 'much' } }))
  expect(collector.answer().costNano).toBe(42)
})
