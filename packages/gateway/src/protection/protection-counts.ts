import type { ShedReason } from './load-monitor.ts'

/** Why a connection was ended by us. */
export type CutReason =
  | 'slow-request'
  | 'stalled-reader'
  | 'bad-request'
  | 'headers-too-large'
  | 'too-many-connections'

/** What was refused before it became a call; read by `/metrics`. */
export class ProtectionCounts {
  readonly shed: Record<ShedReason, number> = { delay: 0, calls: 0, memory: 0 }
  readonly cut: Record<CutReason, number> = {
    'slow-request': 0,
    'stalled-reader': 0,
    'bad-request': 0,
    'headers-too-large': 0,
    'too-many-connections': 0,
  }

  /** The counters in the Prometheus text format. */
  render(): string {
    return [
      family(
        'ratchet_gateway_shed_requests_total',
        'Calls refused with 503 because of load, by what was exceeded',
      ),
      ...Object.entries(this.shed).map(
        ([reason, count]) => `ratchet_gateway_shed_requests_total{reason="${reason}"} ${count}\n`,
      ),
      family(
        'ratchet_gateway_cut_connections_total',
        'Connections that the gateway ended or refused, by reason',
      ),
      ...Object.entries(this.cut).map(
        ([reason, count]) => `ratchet_gateway_cut_connections_total{reason="${reason}"} ${count}\n`,
      ),
    ].join('')
  }
}

function family(name: string, help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} counter\n`
}
