import { randomBytes } from 'node:crypto'
import type { GatewayConfig, Snapshot } from '@ratchet/contract'
import { hashKeySecret } from '@ratchet/gateway'

const secret = '0123456789abcdef0123456789abcdef'
/** What our gateway is called with. */
export const benchKey = `rk_bench_${secret}`
/** Connections to what `upstream.ts` answers under the path of the same name. */
const special = ['drip-5', 'drip-1000', 'status-400', 'status-500']
const project = '00000000-0000-4000-8000-000000000001'

/** What control would tell our gateway: one key, the local provider in both formats, and a configuration. */
export function snapshotFor(origin: string, config?: GatewayConfig): Snapshot {
  return {
    version: 1,
    madeAtMs: Date.now(),
    projects: [{ id: project, name: 'bench' }],
    keys: [
      {
        id: 'key',
        name: 'bench',
        publicId: 'bench',
        secretHash: hashKeySecret(secret),
        project,
        environment: 'production',
        anyEnvironment: false,
        scopes: ['model:invoke'],
      },
    ],
    revokedPublicIds: [],
    cacheForgets: [],
    cacheForgetsSinceMs: 0,
    connections: [
      connection('bench', 'openai-compatible', `${origin}/v1`),
      connection('claude', 'anthropic', `${origin}/v1`),
      ...special.map((name) => connection(name, 'openai-compatible', `${origin}/${name}/v1`)),
    ],
    deployments: [],
    gateway: config === undefined ? [] : [{ project, config }],
    tokenKey: randomBytes(32).toString('base64'),
    limits: { bodyBytes: 32 * 1024 * 1024, requestTimeoutMs: 600_000 },
  }
}

function connection(
  name: string,
  provider: 'openai-compatible' | 'anthropic',
  baseUrl: string,
): Snapshot['connections'][number] {
  return {
    project,
    name,
    provider,
    baseUrl,
    credentials: [{ id: name, value: 'sk-bench' }],
    settings: {},
    allowPrivate: true,
    models: ['bench-model'],
    prices: { 'bench-model': { inputNano: 2_000_000_000, outputNano: 8_000_000_000 } },
  }
}
