import { expect, test } from 'vitest'
import { moderateOffline, readModerationAnswer, readModerationRequest } from './index.ts'

test('the texts of every shape of input are found', () => {
  expect(readModerationRequest({ model: 'm', input: 'a' })).toEqual({ model: 'm', texts: ['a'], images: 0 })
  expect(readModerationRequest({ input: ['a', 'b'] })).toEqual({ model: '', texts: ['a', 'b'], images: 0 })
  const parts = [
    { type: 'text', text: 'a' },
    { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
  ]
  expect(readModerationRequest({ input: parts })).toEqual({ model: '', texts: ['a'], images: 1 })
  expect(() => readModerationRequest({})).toThrow('no "input"')
  expect(() => readModerationRequest({ input: [] })).toThrow('no "input"')
})

test('an answer tells what was flagged', () => {
  const results = [
    { flagged: true, categories: { violence: true, hate: false } },
    { flagged: false, categories: { violence: false } },
  ]
  expect(readModerationAnswer({ results })).toEqual({ results: 2, flagged: 1, categories: ['violence'] })
  expect(readModerationAnswer({ error: {} })).toBeUndefined()
})

test('offline says that it cannot judge, instead of finding nothing', () => {
  const refusal: unknown = expect.objectContaining({ code: 'not_supported', status: 501 })
  expect(() => moderateOffline('offline/extractive')).toThrow(refusal)
  expect(() => moderateOffline('offline/extractive')).toThrow('guardrail')
})
