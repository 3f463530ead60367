import type { Connection } from '@ratchet/contract'
import type { ConfigFacts } from '@ratchet/core/gateway-config'
import type { Clock } from '#platform/clock.ts'
import type { Db } from '#platform/postgres/database.ts'

/** What the feature needs of others. */
export type GatewayConfigParts = {
  readonly db: Db
  readonly clock: Clock
  /** What a configuration of this project may refer to. */
  readonly facts: (project: string) => Promise<ConfigFacts>
  /** Connections as the API shows them. */
  readonly connections: (project: string) => Promise<readonly Connection[]>
}
