import type { CacheFigures } from '../cache/answer-cache.ts'
import { counter, family, lines } from './gateway-metrics.ts'

/** The cache in the Prometheus text format: what it did by policy, and what it holds. */
export function renderCache({ memory, disk, index, policies, coalesced }: CacheFigures): string {
  const by = ({ project, policy }: CacheFigures['policies'][number]) =>
    `project="${project}",policy="${policy}"`
  const outcomes = policies.flatMap((stats): [string, number][] => [
    [`${by(stats)},outcome="hit"`, stats.hits],
    [`${by(stats)},outcome="semantic-hit"`, stats.semanticHits],
    [`${by(stats)},outcome="miss"`, stats.misses],
    [`${by(stats)},outcome="bypass"`, stats.bypasses],
  ])
  const held: [string, number, number][] = [
    ['memory', memory.answers, memory.bytes],
    ['disk', disk?.answers ?? 0, disk?.bytes ?? 0],
    ['index', index.questions, index.bytes],
  ]
  return [
    family('ratchet_gateway_cache_requests_total', 'counter', 'Requests under a cache policy, by outcome'),
    lines('ratchet_gateway_cache_requests_total', outcomes),
    family('ratchet_gateway_cache_saved_nanodollars_total', 'counter', 'Cost of the answers given again'),
    lines(
      'ratchet_gateway_cache_saved_nanodollars_total',
      policies.map((stats) => [by(stats), stats.savedNano]),
    ),
    family('ratchet_gateway_cache_saved_seconds_total', 'counter', 'Time that those answers took when new'),
    lines(
      'ratchet_gateway_cache_saved_seconds_total',
      policies.map((stats) => [by(stats), stats.savedMs / 1000]),
    ),
    family('ratchet_gateway_cache_answers', 'gauge', 'Answers kept; of the index, questions'),
    lines(
      'ratchet_gateway_cache_answers',
      held.map(([place, answers]) => [`place="${place}"`, answers]),
    ),
    family('ratchet_gateway_cache_bytes', 'gauge', 'Bytes that they take'),
    lines(
      'ratchet_gateway_cache_bytes',
      held.map(([place, , bytes]) => [`place="${place}"`, bytes]),
    ),
    counter(
      'ratchet_gateway_cache_coalesced_total',
      'Hits that waited for an equal request under way',
      coalesced,
    ),
    counter(
      'ratchet_gateway_cache_evictions_total',
      'Answers that memory had no room for any more',
      memory.evictions,
    ),
    counter(
      'ratchet_gateway_cache_unwritten_total',
      'Answers that did not get to disk: too many at once, or the disk failed',
      disk?.dropped ?? 0,
    ),
  ].join('')
}
