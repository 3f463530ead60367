import { expect, test } from 'vitest'
import { makeMetrics } from './metrics.ts'

test('metrics print in the Prometheus text format', () => {
  const metrics = makeMetrics()
  const requests = metrics.counter('ratchet_requests_total', 'Requests.\nAll of them')
  requests.add({ code: '200', route: 'a"b\\c' })
  requests.add({ route: 'a"b\\c', code: '200' }, 2)
  metrics.gauge('ratchet_keys', 'Keys').set(3)
  metrics.gaugeFrom('ratchet_queue', 'Queue', () => 7)
  const seconds = metrics.histogram('ratchet_seconds', 'Seconds', [0.1, 1])
  for (const value of [0.05, 0.1, 0.5, 2]) seconds.observe(value)
  expect(metrics.print()).toBe(`# HELP ratchet_requests_total Requests.\\nAll of them
# TYPE ratchet_requests_total counter
ratchet_requests_total{code="200",route="a\\"b\\\\c"} 3
# HELP ratchet_keys Keys
# TYPE ratchet_keys gauge
ratchet_keys 3
# HELP ratchet_queue Queue
# TYPE ratchet_queue gauge
ratchet_queue 7
# HELP ratchet_seconds Seconds
# TYPE ratchet_seconds histogram
ratchet_seconds_bucket{le="0.1"} 2
ratchet_seconds_bucket{le="1"} 3
ratchet_seconds_bucket{le="+Inf"} 4
ratchet_seconds_sum 2.65
ratchet_seconds_count 4
`)
})

test('a name is registered once and must be a metric name', () => {
  const metrics = makeMetrics()
  metrics.counter('a_total', '')
  expect(() => metrics.gauge('a_total', '')).toThrow(/registered twice/)
  expect(() => metrics.gauge('a-b', '')).toThrow(/not a metric name/)
})
