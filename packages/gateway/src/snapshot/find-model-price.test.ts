import { emptyGatewayConfig } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { exampleSnapshot, project } from '../testing/example-snapshot.ts'
import { compileSnapshot } from './compile-snapshot.ts'
import { findModelPrice } from './find-model-price.ts'

const priceAfter = (models: readonly string[], asked: string) => {
  const prices = models.map((model) => ({ model, inputUsd: 1, outputUsd: 2 }))
  const gateway = [{ project, config: { ...emptyGatewayConfig, prices } }]
  const snapshot = compileSnapshot(exampleSnapshot('http://127.0.0.1:1/v1', { gateway }))
  const connection = snapshot.projects.get(project)?.connections.get('test')
  return connection && findModelPrice(connection, asked)
}

test('without an override the price list counts, for dated versions of a model too', () => {
  expect(priceAfter([], 'gpt-test')).toMatchObject({ inputNano: 2e9 })
  expect(priceAfter([], 'gpt-test-2026-01-31')).toMatchObject({ inputNano: 2e9 })
  expect(priceAfter([], 'gpt-test-latest')).toMatchObject({ inputNano: 2e9 })
  expect(priceAfter([], 'gpt-test-mini')).toBeUndefined()
})

test('an override goes before the price list, for listed and for unknown models', () => {
  const override = { inputNano: 1e9, source: 'override' }
  expect(priceAfter(['test/gpt-test'], 'gpt-test')).toMatchObject(override)
  expect(priceAfter(['test/gpt*'], 'gpt-test')).toMatchObject(override)
  expect(priceAfter(['test/*'], 'never-seen')).toMatchObject(override)
  expect(priceAfter(['test/never-seen'], 'never-seen')).toMatchObject(override)
  expect(priceAfter(['other/*'], 'gpt-test')).toMatchObject({ inputNano: 2e9 })
})
