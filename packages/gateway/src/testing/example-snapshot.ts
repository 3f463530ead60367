import { randomBytes } from 'node:crypto'
import { permissions, type Snapshot } from '@ratchet/contract'
import { hashKeySecret } from '../keys/hash-key-secret.ts'

const secret = '0123456789abcdef0123456789abcdef'
export const project = '00000000-0000-4000-8000-000000000001'
export const otherProject = '00000000-0000-4000-8000-000000000002'
export const digest = 'ab'.repeat(32)

/** The keys of {@link exampleSnapshot}, as clients send them. */
export const keys = {
  invoke: `rk_invoke_${secret}`,
  admin: `rk_admin_${secret}`,
  read: `rk_reader_${secret}`,
  expired: `rk_expired_${secret}`,
  other: `rk_other_${secret}`,
}

/** A project with connections to a provider, an app, and keys of each kind. */
export function exampleSnapshot(upstreamUrl: string, changes: Partial<Snapshot> = {}): Snapshot {
  const key = (publicId: string, more: Partial<Snapshot['keys'][number]> = {}): Snapshot['keys'][number] => ({
    id: `key-${publicId}`,
    name: `name of ${publicId}`,
    publicId,
    secretHash: hashKeySecret(secret),
    project,
    environment: 'development',
    anyEnvironment: false,
    scopes: ['model:invoke'],
    ...more,
  })
  const connection = (
    name: string,
    more: Partial<Snapshot['connections'][number]> = {},
  ): Snapshot['connections'][number] => ({
    project,
    name,
    provider: 'openai-compatible',
    baseUrl: upstreamUrl,
    credentials: [{ id: 'credential-1', value: 'sk-provider-secret' }],
    settings: {},
    allowPrivate: true,
    prices: {
      'gpt-test': { inputNano: 2_000_000_000, outputNano: 8_000_000_000, cachedInputNano: 1_000_000_000 },
    },
    models: ['gpt-test', 'gpt-other'],
    ...more,
  })
  return {
    version: 1,
    madeAtMs: Date.now(),
    projects: [
      { id: project, name: 'default' },
      { id: otherProject, name: 'other' },
    ],
    keys: [
      key('invoke'),
      key('admin', { anyEnvironment: true, scopes: [...permissions] }),
      key('reader', { scopes: ['trace:read'] }),
      key('expired', { expiresAtMs: Date.now() - 1000 }),
      key('other', { project: otherProject }),
    ],
    revokedPublicIds: [],
    connections: [
      connection('test'),
      connection('any', { models: [] }),
      connection('private', { allowPrivate: false, models: [] }),
      connection('refused', { baseUrl: 'http://127.0.0.1:1/v1', models: ['gpt-other'] }),
      connection('offline', {
        provider: 'offline',
        baseUrl: '',
        credentials: [],
        prices: {},
        models: ['extractive', 'embedding'],
      }),
    ],
    deployments: [
      {
        id: 'deployment-1',
        project,
        environment: 'development',
        app: 'docs-assistant',
        arms: [{ name: 'main', releaseId: 'release-1', label: 'r1', digest, weight: 1 }],
      },
    ],
    gateway: [],
    cacheForgets: [],
    cacheForgetsSinceMs: 0,
    tokenKey: randomBytes(32).toString('base64'),
    limits: { bodyBytes: 1_000_000, requestTimeoutMs: 5_000 },
    ...changes,
  }
}
