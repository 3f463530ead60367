import type { getStatus, OutputOf } from '@ratchet/contract'
import type { ExportCounts } from '../features/span-export/index.ts'
import { makeMetrics } from '../platform/metrics.ts'

type Status = OutputOf<typeof getStatus>

/** Control's `/metrics`: memory and restarts of each process, health of the engines, and what telemetry holds or lost. */
export function makeControlMetrics(
  readStatus: () => Promise<Status>,
  exportCounts: () => ExportCounts | undefined = () => undefined,
): () => Promise<string> {
  const metrics = makeMetrics()
  const up = metrics.gauge('ratchet_process_up', 'Whether the process serves (1) or not (0).')
  const memory = metrics.gauge('ratchet_process_resident_bytes', 'Resident memory of the process.')
  const restarts = metrics.gauge('ratchet_process_restarts', 'How often control has restarted the process.')
  const engine = metrics.gauge('ratchet_engine_up', 'Whether the engine answers.')
  const exporting = metrics.gauge(
    'ratchet_export_spans',
    'Spans for the outside collector since the start, by what became of them.',
  )
  const telemetry = metrics.gauge('ratchet_telemetry', 'State of the spools and dead letters, by kind.')
  return async () => {
    const status = await readStatus()
    for (const each of status.processes) {
      const labels = { process: each.name }
      up.set(each.state === 'ready' ? 1 : 0, labels)
      restarts.set(each.restarts, labels)
      if (each.memoryBytes !== undefined) memory.set(each.memoryBytes, labels)
    }
    for (const each of status.engines) engine.set(each.ok ? 1 : 0, { engine: each.name })
    for (const [kind, value] of Object.entries(status.telemetry)) telemetry.set(value, { kind })
    for (const [kind, value] of Object.entries(exportCounts() ?? {})) exporting.set(value, { kind })
    return metrics.print()
  }
}
