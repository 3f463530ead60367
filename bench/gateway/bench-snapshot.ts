import { randomBytes } from 'node:crypto'
import type { Snapshot } from '@ratchet/contract'
import { hashKeySecret } from '@ratchet/gateway'

const secret = '0123456789abcdef0123456789abcdef'
/** What our gateway is called with. */
export const benchKey = `rk_bench_${secret}`
/** Models of the provider: `upstream.ts` says what each answers. */
const models = ['bench-model', 'bench-drip-5', 'bench-drip-1000', 'bench-status-400', 'bench-status-500']

/** What control would tell our gateway: one key, the local provider in both formats. */
export function snapshotFor(baseUrl: string): Snapshot {
  const project = '00000000-0000-4000-8000-000000000001'
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
      {
        project,
        name: 'bench',
        provider: 'openai-compatible',
        baseUrl,
        credentials: [{ id: 'bench', value: 'sk-bench' }],
        settings: {},
        allowPrivate: true,
        models,
        prices: { 'bench-model': { inputNano: 2_000_000_000, outputNano: 8_000_000_000 } },
      },
      {
        project,
        name: 'claude',
        provider: 'anthropic',
        baseUrl,
        credentials: [{ id: 'claude', value: 'sk-bench' }],
        settings: {},
        allowPrivate: true,
        models,
        prices: { 'bench-model': { inputNano: 2_000_000_000, outputNano: 8_000_000_000 } },
      },
    ],
    deployments: [],
    gateway: [],
    tokenKey: randomBytes(32).toString('base64'),
    limits: { bodyBytes: 32 * 1024 * 1024, requestTimeoutMs: 600_000 },
  }
}
