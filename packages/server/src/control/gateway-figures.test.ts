import { expect, test } from 'vitest'
import { joinFigures } from './gateway-figures.ts'

test('figures of several gateways keep their families together and say whose they are', () => {
  const text = (count: number) =>
    `# HELP calls_total Calls {by} route\n# TYPE calls_total counter\ncalls_total{route="/v1/a b"} ${count}\n# HELP open Open now\n# TYPE open gauge\nopen ${count}\n`
  expect(
    joinFigures([
      { name: 'gateway', text: text(1) },
      { name: 'gateway-2', text: text(2) },
    ]),
  ).toBe(
    [
      '# HELP calls_total Calls {by} route',
      '# TYPE calls_total counter',
      'calls_total{gateway="gateway",route="/v1/a b"} 1',
      'calls_total{gateway="gateway-2",route="/v1/a b"} 2',
      '# HELP open Open now',
      '# TYPE open gauge',
      'open{gateway="gateway"} 1',
      'open{gateway="gateway-2"} 2',
      '',
    ].join('\n'),
  )
})

test('no gateway, no figures', () => {
  expect(joinFigures([])).toBe('')
})
