import fc from 'fast-check'
import { expect, test } from 'vitest'
import { processorMs } from '../../testing/processor-ms.ts'
import { guardOf } from './question-guard.ts'

const areAlike = (a: string, b: string) => guardOf(a) === guardOf(b)

test.each([
  ['How do I rinse the filter?', 'What is the way to rinse the filter?'],
  ['How do I reset my password?', 'how can i reset my password'],
  ['What did Apple earn in 2023?', 'Tell me what Apple earned in 2023.'],
  ["I can't log in", 'I could not log in'],
  ['Explain "idempotent" to me', 'What does "idempotent" mean?'],
])('"%s" and "%s" may be the same question', (a, b) => {
  expect(areAlike(a, b)).toBe(true)
})

test.each([
  ['What did Apple earn in 2023?', 'What did Apple earn in 2024?'],
  ['What did Apple earn?', 'What did Google earn?'],
  ['How do I enable two-factor login?', 'How do I disable two-factor login?'],
  ['Can I travel with a visa?', 'Can I travel without a visa?'],
  ['Is it safe to mix them?', 'Is it not safe to mix them?'],
  ['Is it safe to mix them?', "Isn't it safe to mix them?"],
  ['Trains from Paris to Rome', 'Trains from Rome to Paris'],
  ['Convert 5 USD to EUR', 'Convert 5 EUR to USD'],
  ['Explain "idempotent" to me', 'Explain "commutative" to me'],
  ['What is in src/main.ts?', 'What is in src/index.ts?'],
  ['What does parseInt do?', 'What does parseFloat do?'],
  ['Take two pills', 'Take three pills'],
  ['Turn the pump on', 'Turn the pump off'],
  ['Mail ana@example.org', 'Mail ben@example.org'],
  ['Is it due before Monday?', 'Is it due after Monday?'],
  ['كم ربحت الشركة في ٢٠٢٣؟', 'كم ربحت الشركة في ٢٠٢٤؟'],
  ['Darf man das mischen?', 'Darf man das nicht mischen?'],
  ['Puis-je voyager avec un visa ?', 'Puis-je voyager sans visa ?'],
  ['Можно ли это смешивать?', 'Можно ли это не смешивать?'],
  ['这个可以混合吗？', '这个不可以混合吗？'],
  ['これは安全ですか', 'これは安全ではないですか'],
])('"%s" and "%s" are different questions', (a, b) => {
  expect(areAlike(a, b)).toBe(false)
})

test('white space and case at the start of a sentence do not matter', () => {
  expect(areAlike('Rinse it.  Then dry it.', 'rinse it. then dry it.')).toBe(true)
  expect(areAlike(' \nRinse it. ', 'rinse it.')).toBe(true)
})

test('any text has a guard, in time that grows with its length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(guardOf(text)).toBe(guardOf(` ${text} `))
    }),
  )
  const startMs = processorMs()
  for (const piece of ['a', 'A', "'", '"', '1', 'a.', 'aA', '1-', "n't "])
    guardOf(piece.repeat(200_000 / piece.length))
  expect(processorMs() - startMs).toBeLessThan(5_000)
})
