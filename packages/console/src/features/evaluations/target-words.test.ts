import { expect, test } from 'vitest'
import { printRunName, printTarget } from './target-words.ts'

test('a target reads as people write it, a digest as its first digits', () => {
  const digest = 'f5bcc696'.repeat(8)
  expect(printTarget({ target: `app/docs-assistant@${digest}`, targetRelease: 'r1' })).toBe(
    'app/docs-assistant r1',
  )
  expect(printTarget({ target: `app/docs-assistant@${digest}` })).toBe('app/docs-assistant f5bcc696')
  expect(printTarget({ target: 'offline/extractive' })).toBe('offline/extractive')
  expect(printRunName({ target: 'app/x', targetRelease: 'r2' })).toBe('r2')
  expect(printRunName({ target: 'offline/extractive' })).toBe('offline/extractive')
})
