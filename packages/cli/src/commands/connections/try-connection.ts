import { testConnection } from '@ratchet/contract'
import type { Client } from '@ratchet/sdk'
import { formatDuration } from '../../render/figures.ts'
import type { Run } from '../../verb.ts'

export type Tried = { ok: boolean; message: string; latencyMs: number; models: string[] }

/** Has the server ask a provider for its models. */
export async function tryConnection(client: Client, name: string, signal?: AbortSignal): Promise<Tried> {
  return client.call(testConnection, { params: { name }, signal, timeoutMs: 60_000 })
}

/** How a test went, with the names to call models by. */
export function testLine(
  { output: { paint } }: Run,
  name: string,
  { ok, message, latencyMs, models }: Tried,
): string {
  if (!ok) return paint.bad(`✗ ${message}`)
  const shown = models.slice(0, 5).map((model) => `${name}/${model}`)
  const more = models.length > 5 ? ` and ${models.length - 5} more` : ''
  return `${paint.good('✓')} ${message} (${formatDuration(latencyMs)})${shown.length > 0 ? `\n  ${shown.join(', ')}${more}` : ''}`
}
