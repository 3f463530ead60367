import { leanItem, modelRoute } from '@ratchet/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { printYaml } from './print-yaml.ts'

test('a route reads as a person would have written it', () => {
  const route = modelRoute.parse({
    name: 'chat',
    strategy: 'weighted',
    targets: [{ model: 'openai/gpt-5-mini', weight: 9 }, { model: 'ollama/qwen3:8b' }],
    rules: [{ when: { field: 'metadata.tier', equals: 'yes' }, targets: [{ model: 'openai/gpt-5' }] }],
  })
  expect(printYaml(leanItem('routes', route))).toBe(`name: chat
strategy: weighted
targets:
  - model: openai/gpt-5-mini
    weight: 9
  - model: ollama/qwen3:8b
rules:
  - when:
      field: metadata.tier
      equals: "yes"
    targets:
      - model: openai/gpt-5
`)
})

test('what is left out of a route comes back when it is read', () => {
  const route = modelRoute.parse({
    name: 'chat',
    targets: [{ model: 'a/b', weight: 0 }],
    retries: { attempts: 3 },
  })
  expect(modelRoute.parse(leanItem('routes', route))).toEqual(route)
})

test('YAML readers give back the same data', () => {
  const value = fc.jsonValue({ noUnicodeString: false, stringUnit: 'grapheme' })
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value, { noNullPrototype: true }), (data) => {
      expect(parse(printYaml(data))).toEqual(JSON.parse(JSON.stringify(data)))
    }),
  )
  const lines = { prompt: 'You are kind.\n\nAnswer: with "a number"\n  from 0 to 1\n', note: 'a\nb' }
  expect(parse(printYaml({ list: [lines, [lines]] }))).toEqual({ list: [lines, [lines]] })
})
