import { baseUrlOf, providers, providerTable } from '@ratchet/contract'
import { expect, test } from 'vitest'

test('every provider has facts, and none that contradict each other', () => {
  expect(Object.keys(providerTable).toSorted()).toEqual([...providers].toSorted())
  for (const [name, info] of Object.entries(providerTable)) {
    const placeholders = [...(info.defaultBaseUrl ?? '').matchAll(/\{(\w+)\}/g)].map((match) => match[1])
    const settings = info.settings.map((setting) => setting.name)
    for (const placeholder of placeholders) expect(settings, name).toContain(placeholder)
    const { refusedFields = [], renamedFields = {}, maxTokensField = '' } = info.chat
    for (const field of [...Object.keys(renamedFields), maxTokensField])
      expect(refusedFields, name).not.toContain(field)
    for (const path of Object.keys(info.paths ?? {})) expect(info.endpoints, name).toContain(path)
  }
})

test('no environment variable means two providers', () => {
  const variables = Object.values(providerTable).flatMap((info) => [...info.keyVariables])
  expect(new Set(variables).size).toBe(variables.length)
})

test('an address is filled in from settings, or missing as a whole', () => {
  expect(baseUrlOf('openai', {})).toBe('https://api.openai.com/v1')
  expect(baseUrlOf('bedrock', { region: 'eu-central-1' })).toBe(
    'https://bedrock-runtime.eu-central-1.amazonaws.com',
  )
  expect(baseUrlOf('bedrock', {})).toBeUndefined()
  expect(baseUrlOf('openai-compatible', {})).toBeUndefined()
  expect(baseUrlOf('vertex', { project: 'shop', location: 'europe-west4' })).toBe(
    'https://europe-west4-aiplatform.googleapis.com/v1/projects/shop/locations/europe-west4',
  )
  expect(baseUrlOf('vertex', { project: 'shop' })).toBe(
    'https://aiplatform.googleapis.com/v1/projects/shop/locations/global',
  )
})
