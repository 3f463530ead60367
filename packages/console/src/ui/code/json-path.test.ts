import fc from 'fast-check'
import { expect, test } from 'vitest'
import { childrenOf, findInJson, type JsonStep, printJsonPath } from './json-path.ts'

test('paths read like code, with brackets where a name needs them', () => {
  expect(printJsonPath([])).toBe('$')
  expect(printJsonPath(['choices', 0, 'message', 'content-type'])).toBe('choices[0].message["content-type"]')
  expect(printJsonPath([0, 'a'])).toBe('[0].a')
  expect(printJsonPath(['$'])).toBe('["$"]')
})

test('no two places of a document share a path', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (document) => {
      const seen: string[] = []
      const visit = (value: unknown, steps: readonly JsonStep[]): void => {
        seen.push(printJsonPath(steps))
        for (const [step, child] of childrenOf(value)) visit(child, [...steps, step])
      }
      visit(document, [])
      expect(new Set(seen).size).toBe(seen.length)
    }),
  )
})

test('a search finds keys and texts and opens their parents', () => {
  const { open, hits } = findInJson({ a: { b: ['x', 'needle'] }, needle: 1, c: 2 }, 'NEEDLE')
  expect([...hits].sort()).toEqual(['a.b[1]', 'needle'])
  expect([...open].sort()).toEqual(['$', 'a', 'a.b'])
})
