import { emptyGatewayConfig, type GatewayConfig, gatewayConfig } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { fakeConfig } from '../../../testing/gateway/fake-config.ts'
import { printConfig } from './print-config.ts'
import { editsBetween } from './merge-config.ts'

const route = (name: string, model = 'openai/gpt-5') => ({ name, targets: [{ model }] })
const config = (parts: object): GatewayConfig => gatewayConfig.parse(parts)

test('what somebody else changed meanwhile stays, also beside my own change', () => {
  const base = config({ routes: [route('a'), route('b'), route('c')] })
  const mine = config({ routes: [route('a', 'x/y'), route('c')], defaults: { cache: 'answers' } })
  const theirs = config({ routes: [route('a'), route('b'), route('c', 'their/model'), route('d')] })
  const merged = editsBetween(base, mine)(theirs)
  expect(merged.routes.map(({ name, targets }) => [name, targets[0]?.model])).toEqual([
    ['a', 'x/y'],
    ['c', 'their/model'],
    ['d', 'openai/gpt-5'],
  ])
  expect(merged.defaults.cache).toBe('answers')
})

test('when nobody else has saved, the result is the text, in its order', () => {
  const base = config({ routes: [route('a'), route('b')] })
  const mine = config({ routes: [route('b'), route('a')] })
  expect(editsBetween(base, mine)(base)).toEqual(mine)
})

test('the text of a configuration has no field that it would have anyway', () => {
  const text = printConfig(config({ routes: [route('chat')], defaults: { cache: 'answers' } }))
  expect(text).toBe(
    'routes:\n  - name: chat\n    targets:\n      - model: openai/gpt-5\ndefaults:\n  cache: answers\n',
  )
  expect(printConfig(emptyGatewayConfig)).toMatch(/^# Nothing is configured yet/)
  expect(printConfig(fakeConfig('typical'))).not.toContain('weight: 1\n')
})
