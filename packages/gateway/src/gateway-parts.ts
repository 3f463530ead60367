import type { Spool } from '@ratchet/spool'
import type { AccessLog } from './access-log/access-log.ts'
import type { RunnerClient } from './apps/runner-client.ts'
import type { AnswerCache } from './cache/answer-cache.ts'
import type { InnerModels } from './calls/ask-model.ts'
import type { CallWatch } from './calls/outgoing/call-watch.ts'
import type { Authenticator } from './keys/authenticator.ts'
import type { LimitEngine } from './limits/limit-engine.ts'
import type { Log } from './log.ts'
import type { OfflineThread } from './offline/offline-thread.ts'
import type { GatewayMetrics } from './metrics/gateway-metrics.ts'
import type { ProtectionCounts } from './protection/protection-counts.ts'
import type { GoogleTokens } from './providers/google-token.ts'
import type { UpstreamPools } from './providers/upstream-pools.ts'
import type { ResponseStore } from './responses/response-store.ts'
import type { CredentialRings } from './routing/health/credential-rings.ts'
import type { HealthRegistry } from './routing/health/health-registry.ts'
import type { CompiledCredential } from './snapshot/compile-snapshot.ts'
import type { SnapshotKeeper } from './snapshot/snapshot-keeper.ts'
import type { WallClock } from './wall-clock.ts'

/** What a call needs of the process it runs in. */
export type GatewayParts = {
  readonly snapshots: SnapshotKeeper
  readonly authenticator: Authenticator
  readonly pools: UpstreamPools
  readonly runner: RunnerClient
  readonly spool: Pick<Spool, 'append' | 'stats'>
  readonly limits: LimitEngine
  /** Answers that were given before. */
  readonly cache: AnswerCache
  /** Of all targets; outlives snapshots. */
  readonly health: HealthRegistry
  readonly credentials: CredentialRings<CompiledCredential>
  readonly googleTokens: GoogleTokens
  readonly innerModels: InnerModels
  readonly offline: Pick<OfflineThread, 'run' | 'stop'>
  readonly responses: ResponseStore
  readonly metrics: GatewayMetrics
  readonly protection: ProtectionCounts
  /** Absent: nobody wants one. */
  readonly accessLog?: AccessLog
  readonly watch: CallWatch
  /** A provider that has sent the head of its answer and nothing more for this long has failed. */
  readonly firstTokenTimeoutMs: number
  /** A provider that has begun to answer and sends nothing whole for this long has failed. */
  readonly idleTimeoutMs: number
  readonly sendTraceContext: boolean
  /** `isLate`: this process must end, and cuts off the calls that are still running. */
  readonly stopping: { isLate: boolean }
  readonly clock: WallClock
  readonly log: Log
}
