import { modelAbilityNames, providers } from '@ratchet/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { knownAbilities, sharedAbilities } from './index.ts'

test.each([
  [
    'openai',
    'gpt-5-mini',
    ['streaming', 'tools', 'images-in', 'structured-output', 'reasoning'],
    ['logprobs'],
  ],
  ['openai', 'gpt-4o', ['tools', 'images-in'], ['reasoning']],
  ['openai', 'o3-mini', ['tools', 'reasoning'], ['images-in', 'parallel-tools']],
  ['openai', 'gpt-3.5-turbo', ['streaming', 'tools'], ['images-in', 'structured-output', 'reasoning']],
  ['anthropic', 'claude-sonnet-4-5', ['tools', 'images-in', 'structured-output', 'reasoning'], []],
  ['gemini', 'gemini-2.5-flash', ['tools', 'images-in', 'reasoning'], []],
  ['openai', 'text-embedding-3-small', ['embeddings'], []],
  ['openai', 'whisper-1', ['transcription'], []],
  ['openai', 'gpt-image-1', ['image-generation'], []],
  ['cohere', 'rerank-v3.5', ['rerank'], []],
  ['ollama', 'llava:13b', ['streaming', 'images-in'], []],
] as const)('%s %s', (provider, model, has, lacks) => {
  const known = knownAbilities(provider, model)
  expect(known.abilities).toEqual(expect.arrayContaining([...has]))
  expect(known.lacks).toEqual(expect.arrayContaining([...lacks]))
})

test('of a model that nobody has heard of only what its provider says is told', () => {
  expect(knownAbilities('openai-compatible', 'my-model')).toEqual({ abilities: ['streaming'], lacks: [] })
})

test('no model both has and lacks an ability', () => {
  fc.assert(
    fc.property(fc.constantFrom(...providers), fc.string(), (provider, model) => {
      const { abilities, lacks } = knownAbilities(provider, model)
      expect(abilities.filter((ability) => lacks.includes(ability))).toEqual([])
    }),
  )
})

test('a route has what all of its models have, and lacks what one of them lacks', () => {
  const lists = fc.uniqueArray(fc.constantFrom(...modelAbilityNames))
  fc.assert(
    fc.property(fc.array(fc.record({ abilities: lists, lacks: lists }), { minLength: 1 }), (models) => {
      const shared = sharedAbilities(models)
      for (const ability of modelAbilityNames) {
        expect(shared.abilities.includes(ability)).toBe(
          models.every(({ abilities }) => abilities.includes(ability)),
        )
        expect(shared.lacks.includes(ability)).toBe(models.some(({ lacks }) => lacks.includes(ability)))
      }
    }),
  )
  expect(
    sharedAbilities([
      { abilities: [], lacks: [], maxOutputTokens: 5 },
      { abilities: [], lacks: [] },
    ]),
  ).toEqual({
    abilities: [],
    lacks: [],
  })
})
