import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerOffline, estimateTokens, offlineAbstention, type OfflineRequest } from './index.ts'

const system = `You answer questions about Ratchet, an LLMOps platform.
Use only the passages below. Cite each passage you use with its number, like [1].
If the passages do not hold the answer, say: I could not find this in the documents.

Passages:
[1] Install > Ports
The console listens on port 4700. The gateway listens on port 4701; change it with \`--gateway-port\`.

[2] Releases > Push
Push the folder as a release:

\`\`\`sh
npx ratchet push examples/docs-assistant
\`\`\`

A release is immutable. It is named by its number, its digest, or \`latest\`.

[3] Concepts > Processes
Three processes run:

- control: console, API and jobs
- gateway: credentials and limits
- runner: runs apps

| Variable | Default | Meaning |
|---|---|---|
| \`RATCHET_DATA\` | \`.ratchet\` | Folder of all data |
`
const ask = (question: string, parts: Partial<OfflineRequest> = {}) => {
  const messages = [
    { role: 'system' as const, content: system },
    { role: 'user' as const, content: question },
  ]
  const answer = answerOffline({ messages, ...parts })
  return answer.kind === 'text' ? answer.text : JSON.stringify(answer.toolCalls)
}

test('the answer is the best sentence with the marker of its passage', () => {
  expect(ask('Which port does the gateway use?')).toBe(
    'The gateway listens on port 4701; change it with `--gateway-port` [1].',
  )
})

test('a command comes with the sentence that introduces it', () => {
  expect(ask('How do I push a release?')).toContain(
    'Push the folder as a release [2]:\n\n```sh\nnpx ratchet push examples/docs-assistant\n```',
  )
})

test('a list comes whole with its introduction', () => {
  const answer = ask('Which processes run?')
  for (const part of ['Three processes run', '- control', '- gateway', '- runner', '[3]'])
    expect(answer).toContain(part)
})

test('a table row reads as a sentence', () => {
  expect(ask('What is RATCHET_DATA?')).toBe('`RATCHET_DATA` (default: `.ratchet`): Folder of all data [3]')
})

test('a sentence that leans on the one before brings it along', () => {
  expect(ask('How is a release named, by digest?')).toBe(
    'A release is immutable. It is named by its number, its digest, or `latest` [2].',
  )
})

test('typing errors and other word forms still find the answer', () => {
  expect(ask('On which prot is the gatewya listening?')).toContain('4701')
})

test.each([
  'What is the boiling point of nitrogen?',
  'Who won the football world championship?',
  'asdf qwer',
])('what the passages do not say is declined: %s', (question) => {
  expect(ask(question)).toBe(offlineAbstention)
})

test('passages and question may share one user message', () => {
  const content = 'Context:\nThe sky is blue. Grass is green.\n\nQuestion: What colour is grass?\nAnswer:'
  const answer = answerOffline({ messages: [{ role: 'user', content }] })
  expect(answer).toEqual({ kind: 'text', text: 'Grass is green.', finishReason: 'stop' })
})

test('tagged documents are cited by their index, and parts of a message are read', () => {
  const text = '<document index="4" title="Colours">\nGrass is green.\n</document>\nWhat colour is grass?'
  const answer = answerOffline({ messages: [{ role: 'user', content: [{ type: 'text', text }] }] })
  expect(answer).toMatchObject({ text: 'Grass is green [4].' })
})

test('statements of the conversation can be quoted, and a follow-up keeps its subject', () => {
  const said = answerOffline({
    messages: [{ role: 'user', content: 'My dog is called Rex. What is my dog called?' }],
  })
  expect(said).toMatchObject({ text: 'My dog is called Rex.' })
  const followUp = answerOffline({
    messages: [
      {
        role: 'system',
        content: '[1] Staging\nA release in staging waits for approval.\n\n[2] Other\nStaging is a word.',
      },
      { role: 'user', content: 'Does a release wait for approval?' },
      { role: 'assistant', content: 'Yes.' },
      { role: 'user', content: 'And in staging?' },
    ],
  })
  expect(followUp).toMatchObject({ text: expect.stringContaining('waits for approval') })
})

test('without anything to quote it says that it is not a language model', () => {
  const answer = answerOffline({ messages: [{ role: 'user', content: 'Write a poem about the sea.' }] })
  expect(answer).toMatchObject({
    text: expect.stringContaining('not a language model'),
    finishReason: 'stop',
  })
  expect(answerOffline({ messages: [] })).toMatchObject({ kind: 'text' })
})

test('an answer longer than maxTokens is cut and says so', () => {
  const messages = [
    { role: 'system' as const, content: system },
    { role: 'user' as const, content: 'Which port does the gateway use?' },
  ]
  const answer = answerOffline({ messages, maxTokens: 5 })
  expect(answer).toMatchObject({ finishReason: 'length' })
  expect(estimateTokens(answer.kind === 'text' ? answer.text : '')).toBeLessThanOrEqual(5)
})

test('markers inside code and out of order open no passage', () => {
  const content =
    '[1] First\nAlpha is one. See [7] for more.\n[7] is a footnote.\n```\n[2] not a passage\n```\n[2] Second\nBeta is two.'
  const messages = [
    { role: 'system' as const, content },
    { role: 'user' as const, content: 'What is beta?' },
  ]
  expect(answerOffline({ messages })).toMatchObject({ text: 'Beta is two [2].' })
})

test('the same request always gets the same answer, and every answer is a text', () => {
  const word = fc.constantFrom(
    'gateway',
    'port',
    'release',
    '?',
    '\n',
    '[1]',
    '```',
    'Question:',
    '<document>',
    'Context:',
    '- a',
    '| x | y |',
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), fc.array(word, { maxLength: 10 }), (first, second) => {
      const messages = [
        { role: 'system' as const, content: first.join(' ') },
        { role: 'user' as const, content: second.join('\n') },
      ]
      const answer = answerOffline({ messages })
      expect(answer).toEqual(answerOffline({ messages }))
      expect(answer.kind === 'text' && answer.text !== '').toBe(true)
    }),
    { examples: [[[], ['Question:', '[1]', '?', '[1]']]] },
  )
})
