import { expect, test } from 'vitest'
import { readLabelledCases } from './labelled-case.ts'
import { measureDetectors } from './measure-detectors.ts'

const line = (id: string, text: string, expected: object, language = 'en'): string =>
  JSON.stringify({ id, language, text, expected, split: 'tuning' })

const lines = [
  line('1', 'Mail me at jane@example.org please.', { pii: ['email'] }),
  line('2', 'Mail me at jane at example dot org please.', { pii: ['email'] }),
  line('3', 'Mail me at bob@example.org please.', {}),
  line('4', 'Call +49 30 1234567 please.', { pii: ['email'] }),
  line('5', 'Bitte senden Sie mir den Bericht bis Freitag zu.', {}, 'de'),
  line('6', 'ja', {}, 'de'),
].join('\n')
const measures = measureDetectors(readLabelledCases(lines))
const of = (detector: string, kind: string) =>
  measures.find((each) => each.detector === detector && each.kind === kind)

test('precision and recall are counted by text, for the detector and for each kind', () => {
  expect(of('pii', 'any')).toMatchObject({
    cases: 6,
    expected: 3,
    precision: { value: 2 / 3, n: 3 },
    recall: { value: 2 / 3, n: 3 },
  })
  expect(of('pii', 'email')).toMatchObject({
    precision: { value: 1 / 2, n: 2 },
    recall: { value: 1 / 3, n: 3 },
  })
  expect(of('pii', 'phone')).toMatchObject({
    expected: 0,
    precision: { value: 0 },
    recall: { value: null, n: 0 },
  })
})

test('rates come with Wilson intervals', () => {
  const recall = of('pii', 'any')?.recall
  expect(recall?.low).toBeCloseTo(0.2077, 3)
  expect(recall?.high).toBeCloseTo(0.9385, 3)
})

test('a few foreign words say nothing about the language detector', () => {
  expect(of('language', 'any')).toMatchObject({ cases: 5, expected: 1, recall: { value: 1 } })
})

test('the mark inside invented credentials is taken out', () => {
  expect(readLabelledCases(line('1', 'gh¦p_x', {}))[0]?.text).toBe('ghp_x')
})

test('a case with an unknown field or split is refused', () => {
  expect(() =>
    readLabelledCases('{"id":"1","language":"en","text":"","expected":{},"split":"train"}'),
  ).toThrow(/split/)
})
