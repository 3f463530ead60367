import { guardrail } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { tryOnText } from './try-guardrail.ts'

const careful = guardrail.parse({
  name: 'careful',
  rules: [
    {
      name: 'mail',
      detectors: [{ type: 'pii', kinds: ['email'] }],
      on: ['input', 'output'],
      action: 'redact',
    },
    {
      name: 'names',
      detectors: [{ type: 'words', deny: ['project falcon'] }],
      on: ['input'],
      action: 'block',
      message: 'This name must not leave the house.',
    },
    {
      name: 'judge',
      detectors: [{ type: 'llama-guard', model: 'groq/llama-guard-4' }],
      on: ['input'],
      action: 'flag',
    },
  ],
})

test('what is found is told with its place, and the text that goes on is redacted', () => {
  const text = 'Write to ada@example.com today'
  const tried = tryOnText(careful, text, 'input')
  expect(tried).toMatchObject({ verdict: 'redacted', text: 'Write to [EMAIL] today', rules: 3 })
  const place = tried.findings[0]?.place
  expect(text.slice(place?.start, place?.end)).toBe('ada@example.com')
})

test('a block ends it with the message of the rule, and nothing goes on', () => {
  const tried = tryOnText(careful, 'Tell me about Project Falcon, ada@example.com', 'input')
  expect(tried.verdict).toBe('blocked')
  expect(tried.text).toBeUndefined()
  expect(tried.message).toBe('This name must not leave the house.')
  // The first rule had changed the text by then, so its places are not those of what was pasted.
  expect(tried.findings.map(({ rule, place }) => [rule, place !== undefined])).toEqual([
    ['mail', true],
    ['names', false],
  ])
})

test('only rules of the chosen place are tried, and what asks a service is named as not run', () => {
  expect(tryOnText(careful, 'Project Falcon', 'output')).toMatchObject({
    verdict: 'passed',
    rules: 1,
    notRun: [],
  })
  expect(tryOnText(careful, 'Hello', 'input').notRun).toMatchObject([
    { rule: 'judge', detector: 'llama-guard' },
  ])
})
