import type { SpoolStats } from '@ratchet/spool'
import type { AnswerCache } from '../cache/answer-cache.ts'
import type { LimitEngine } from '../limits/limit-engine.ts'
import type { CompiledSnapshot } from '../snapshot/compile-snapshot.ts'
import type { ProtectionCounts } from '../protection/protection-counts.ts'
import type { HealthRegistry } from '../routing/health/health-registry.ts'
import { counter, gauge, type GatewayMetrics } from './gateway-metrics.ts'
import { renderCache } from './render-cache.ts'
import { renderTargets } from './render-targets.ts'

type MetricSources = {
  readonly metrics: GatewayMetrics
  readonly protection: ProtectionCounts
  readonly health: Pick<HealthRegistry, 'describe'>
  readonly delayMs: number
  readonly cache: Pick<AnswerCache, 'describe'>
  readonly limits: Pick<LimitEngine, 'stats'>
  readonly spool: SpoolStats
  readonly snapshot: CompiledSnapshot | undefined
  readonly isControlConnected: boolean
  readonly nowMs: number
}

/** The text of `/metrics`. */
export function renderMetrics({
  metrics,
  protection,
  health,
  delayMs,
  cache,
  limits,
  spool,
  snapshot,
  isControlConnected,
  nowMs,
}: MetricSources): string {
  const ageSeconds = snapshot === undefined ? 0 : Math.max(0, nowMs - snapshot.madeAtMs) / 1000
  return [
    metrics.render(),
    protection.render(),
    gauge(
      'ratchet_gateway_delay_seconds',
      'Delay of the event loop, smoothed over two seconds',
      delayMs / 1000,
    ),
    renderTargets(health.describe(performance.now())),
    renderCache(cache.describe()),
    renderLimits(limits.stats()),
    gauge(
      'ratchet_gateway_snapshot_version',
      'Version of the configuration in force; 0 before the first',
      snapshot?.version ?? 0,
    ),
    gauge('ratchet_gateway_snapshot_age_seconds', 'Age of the configuration in force', ageSeconds),
    gauge(
      'ratchet_gateway_control_connected',
      '1 while control streams configuration',
      isControlConnected ? 1 : 0,
    ),
    gauge('ratchet_spool_bytes', 'Telemetry on disk that is not deleted yet', spool.spoolBytes),
    gauge('ratchet_spool_limit_bytes', 'Limit of telemetry on disk', spool.spoolLimitBytes),
    gauge(
      'ratchet_spool_pending_records',
      'Spans on disk that control has not acknowledged',
      spool.pendingRecords,
    ),
    counter('ratchet_spool_written_records_total', 'Spans written to disk', spool.writtenRecords),
    counter('ratchet_spool_shipped_records_total', 'Spans that control has stored', spool.shippedRecords),
    counter(
      'ratchet_spool_dropped_bodies_total',
      'Spans stored without input and output because the disk was nearly full',
      spool.droppedBodies,
    ),
    counter(
      'ratchet_spool_dropped_records_total',
      'Spans lost because the disk was full',
      spool.droppedRecords,
    ),
    counter(
      'ratchet_spool_rejected_records_total',
      'Spans that control refused; kept in rejected.ndjson',
      spool.rejectedRecords,
    ),
    gauge('process_resident_memory_bytes', 'Resident memory', process.memoryUsage.rss()),
  ].join('')
}

function renderLimits({ subjects, waiting, refused }: ReturnType<LimitEngine['stats']>): string {
  return [
    gauge(
      'ratchet_gateway_limit_subjects',
      'Keys, users, models and the like whose use of a limit or budget is counted',
      subjects,
    ),
    gauge('ratchet_gateway_limit_waiting_calls', 'Calls that wait for their turn at a limit', waiting),
    counter('ratchet_gateway_limit_refused_total', 'Calls that a limit or budget refused', refused),
  ].join('')
}
