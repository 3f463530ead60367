import { expect, test } from 'vitest'
import { usageWords } from './usage-words.ts'

const none = {
  inputTokens: 5,
  outputTokens: 5,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
}

test('plain calls say nothing beside their tokens', () => {
  expect(usageWords({ ...none, images: 0 })).toBe('')
})

test('what is no text token is said in words, where there is any', () => {
  const usage = {
    ...none,
    audioInputTokens: 1200,
    imageOutputTokens: 1056,
    units: { images: 1, audioMs: 8470, characters: 4096, searches: 2 },
  }
  expect(usageWords({ ...usage, ...usage.units })).toBe(
    '1 picture, 8.47 s of sound, 4,096 characters, 2 searches, 1,200 audio in, 1,056 image out',
  )
})
