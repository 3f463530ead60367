import { gatewayConfig, type Snapshot, type SpanRecord } from '@ratchet/contract'
import type { z } from 'zod'
import { otherProject, project } from './example-snapshot.ts'
import type { TestGateway } from './start-test-gateway.ts'

export type CacheConfig = z.input<typeof gatewayConfig>

/** Puts a configuration in force in both projects, and what else the snapshot is to say. */
export async function useConfig(
  running: TestGateway,
  config: CacheConfig,
  changes: Partial<Snapshot> = {},
): Promise<void> {
  const parsed = gatewayConfig.parse(config)
  const gateway = [project, otherProject].map((each) => ({ project: each, config: parsed }))
  await running.publish({ gateway, ...changes })
}

/** What a response says of the cache. */
export function cacheOf(response: Response) {
  const { headers } = response
  return {
    outcome: headers.get('x-ratchet-cache'),
    age: headers.get('x-ratchet-cache-age'),
    key: headers.get('x-ratchet-cache-key'),
  }
}

/** The attributes of a span, parsed. */
export function attributesOf(span: SpanRecord): Record<string, unknown> {
  return JSON.parse(span.attributes) as Record<string, unknown>
}
