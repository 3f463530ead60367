import { expect, test } from 'vitest'

const load = (name: string): Promise<any> => import(new URL(name, import.meta.url).href)
const { measureFigures, readCases, readFigures, renderFigures } = await load('./guardrail-figures.mjs')
const figures = measureFigures()
const cases = readCases()

// A little below what was measured, so that a change that loses real cases is seen. Raise, never lower.
const floors: readonly [detector: string, precision: number, recall: number][] = [
  ['pii', 0.97, 0.97],
  ['secrets', 0.97, 0.85],
  ['injection', 0.97, 0.82],
  ['invisible', 0.97, 0.97],
  ['refusal', 0.97, 0.97],
  ['url', 0.97, 0.97],
  ['canary', 0.97, 0.8],
  ['language', 0.86, 0.9],
]

test.each(floors)(
  '%s keeps a precision of %f and a recall of %f on held-out cases',
  (name, precision, recall) => {
    const measure = figures.heldOut.find((each: any) => each.detector === name && each.kind === 'any')
    expect(measure.precision.value).toBeGreaterThanOrEqual(precision)
    expect(measure.recall.value).toBeGreaterThanOrEqual(recall)
  },
)

test('no case and no id comes twice', () => {
  const ids = cases.map((item: any) => item.id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(new Set(cases.map((item: any) => item.text)).size).toBe(cases.length)
})

test('every measured detector has a floor, and a third of the cases or more is held out', () => {
  const detectors = figures.heldOut.filter((each: any) => each.kind === 'any')
  expect(detectors.map((each: any) => each.detector).toSorted()).toEqual(
    floors.map(([name]) => name).toSorted(),
  )
  const [heldOut, tuning] = [figures.heldOut[0].cases, figures.tuning[0].cases]
  expect(heldOut + tuning).toBeGreaterThanOrEqual(450)
  expect(heldOut / (heldOut + tuning)).toBeGreaterThan(1 / 3)
})

test('the docs show what was measured', () => {
  expect(readFigures()).toBe(renderFigures(figures))
})
