import { z } from 'zod'
import { gatewayConfig } from '../gateway/gateway-config.ts'
import { cacheForget } from './internal-cache.ts'
import { chatMessage, source } from '../apps/invocations.ts'
import { modelPrice } from '../catalog/model-price.ts'
import { permission } from '../access/permissions.ts'
import { provider } from '../providers/providers.ts'
import { spanStatus, spanType } from '../usage/traces.ts'
import { digest, slug, spanId, traceId, usage, uuid } from '../words.ts'

/** Words between our own processes; not part of the public API. All paths are on control's internal socket. */
export const internalPaths = {
  /** GET, NDJSON: one {@link snapshot} per line, the newest at once and then on every change; empty lines are heartbeats. */
  snapshotStream: '/internal/snapshot/stream',
  /** POST {@link shipment}, answered 204 once the rows are durable. */
  telemetry: '/internal/telemetry',
  /** GET, `?digest=`: {@link releaseBundle}; authorised by the invocation token. */
  releaseBundle: '/internal/release-bundle',
  /** POST {@link retrieveRequest} -> {@link retrieveAnswer}; authorised by the invocation token. */
  retrieve: '/internal/retrieve',
  /** POST {@link import('./internal-limits.ts').LimitReport} -> {@link import('./internal-limits.ts').LimitAnswer}. */
  limits: '/internal/limits',
  /** POST {@link import('./internal-cache.ts').CacheReport}, answered 204 once it is counted. */
  cache: '/internal/cache',
  /** POST {@link import('./internal-state.ts').GatewayStateReport}, answered 204. */
  state: '/internal/state',
} as const

const word = z.string().default('')

/**
 * The span as gateway and runner write it into the spool: one JSON line each. What has its default is left out, which
 * saves a third of the bytes that are written, shipped and read.
 */
export const spanRecord = z.object({
  kind: z.literal('span'),
  project: uuid,
  environment: z.string(),
  traceId,
  spanId,
  /** Empty when nobody called us within a trace. */
  parentSpanId: word,
  /** The first of our spans in its trace: it has no parent, or the parent is the API caller's own span. Lists show these. */
  isLocalRoot: z.boolean(),
  name: z.string(),
  type: spanType,
  /** Microseconds since 1970. */
  startUs: z.number().int(),
  durationUs: z.number().int().min(0),
  /** Microseconds from start to the first token; 0 when not streamed. */
  firstTokenUs: z.number().int().min(0).default(0),
  status: spanStatus.default('ok'),
  errorCode: word,
  errorMessage: word,
  finishReason: word,
  model: word,
  provider: word,
  connection: word,
  usage: usage.prefault({}),
  /** True when the provider sent no usage and the tokens are our estimate. */
  usageEstimated: z.boolean().default(false),
  costNano: z.number().int().default(0),
  /** False when no price is known for the model: cost is then unknown, not zero. */
  costKnown: z.boolean().default(true),
  app: word,
  release: word,
  deployment: word,
  arm: word,
  prompt: word,
  sessionId: word,
  userId: word,
  keyId: word,
  /** Text, or JSON as text. */
  input: word,
  output: word,
  /** JSON as text. */
  attributes: z.string().default('{}'),
})
export type SpanRecord = z.output<typeof spanRecord>

/** Lines of one spool range; the token stays the same when a killed shipper sends the range again. */
export const shipment = z.object({
  token: z.string().min(8).max(200),
  records: z.array(spanRecord).max(20_000),
  spool: z.object({
    process: z.enum(['gateway', 'runner', 'control']),
    /** Tells several of a kind apart; absent: named like its kind. */
    name: z.string().max(64).optional(),
    spoolBytes: z.number(),
    spoolLimitBytes: z.number(),
    pendingRecords: z.number(),
    droppedBodies: z.number(),
    droppedRecords: z.number(),
  }),
})
export type Shipment = z.output<typeof shipment>

const snapshotKey = z.object({
  id: z.string(),
  name: z.string().default(''),
  publicId: z.string(),
  /** SHA-256 of the secret, hex. */
  secretHash: digest,
  project: uuid,
  environment: z.string(),
  /** The bootstrap key may name its environment by header. */
  anyEnvironment: z.boolean(),
  scopes: z.array(permission),
  expiresAtMs: z.number().optional(),
})
const snapshotConnection = z.object({
  project: uuid,
  name: slug,
  provider,
  baseUrl: z.string(),
  /** Open credentials, the first one preferred; `id` names one in messages and in the keeping of cool-downs. */
  credentials: z.array(z.object({ id: z.string(), value: z.string() })),
  /** What the provider needs besides: see `providerTable`. */
  settings: z.record(z.string(), z.string()),
  allowPrivate: z.boolean(),
  /** Prices by the provider's model name. */
  prices: z.record(z.string(), modelPrice),
  models: z.array(z.string()),
})
const snapshotDeployment = z.object({
  id: z.string(),
  project: uuid,
  environment: z.string(),
  app: slug,
  arms: z.array(
    z.object({ name: z.string(), releaseId: z.string(), label: z.string(), digest, weight: z.number() }),
  ),
})

/** All that the gateway needs to serve without control: compiled by control, replaced whole. */
export const snapshot = z.object({
  version: z.number().int(),
  madeAtMs: z.number(),
  projects: z.array(z.object({ id: uuid, name: slug })),
  keys: z.array(snapshotKey),
  revokedPublicIds: z.array(z.string()),
  connections: z.array(snapshotConnection),
  deployments: z.array(snapshotDeployment),
  /** Routes, limits and the like of each project that has any. */
  gateway: z.array(z.object({ project: uuid, config: gatewayConfig })).default([]),
  /** Kept answers that must not be given again; the recent ones. */
  cacheForgets: z.array(cacheForget).max(2_000).default([]),
  /** What was to be forgotten before that may not be listed any more; 0 when everything is. */
  cacheForgetsSinceMs: z.number().default(0),
  /** Signs invocation tokens, base64. */
  tokenKey: z.string(),
  limits: z.object({ bodyBytes: z.number().int(), requestTimeoutMs: z.number().int() }),
})
export type Snapshot = z.output<typeof snapshot>
export type SnapshotKey = z.output<typeof snapshotKey>
export type SnapshotConnection = z.output<typeof snapshotConnection>
export type SnapshotDeployment = z.output<typeof snapshotDeployment>

/** What an invocation token says; signed by HMAC-SHA256 and short-lived. */
export const invocationClaims = z.object({
  project: uuid,
  environment: z.string(),
  keyId: z.string(),
  /** Release digest the holder may read; empty for plain model calls. */
  releaseDigest: z.string(),
  expiresAtMs: z.number(),
})
export type InvocationClaims = z.output<typeof invocationClaims>

/** POST /invoke on the runner's socket; the answer is NDJSON of {@link import('../apps/invocations.ts').InvocationEvent}. */
export const runnerRequest = z.object({
  project: uuid,
  environment: z.string(),
  app: slug,
  release: z.object({ id: z.string(), label: z.string(), digest }),
  deployment: z.string(),
  arm: z.string(),
  entry: z.string().optional(),
  messages: z.array(chatMessage),
  inputs: z.record(z.string(), z.unknown()),
  token: z.string(),
  keyId: z.string(),
  traceId,
  parentSpanId: spanId,
  sessionId: z.string(),
  userId: z.string(),
  deadlineMs: z.number(),
})
export type RunnerRequest = z.output<typeof runnerRequest>

export const releaseBundle = z.object({
  app: slug,
  digest,
  files: z.array(z.object({ path: z.string(), contentBase64: z.string() })),
  /** Version of each index by name. */
  indexes: z.record(z.string(), digest),
})
export type ReleaseBundle = z.output<typeof releaseBundle>

/**
 * The text whose SHA-256 is the digest of a release: one line `<path> NUL <SHA-256 of the content> LF` per file, in the
 * order of the paths' UTF-16 code units. Control names releases by it, the runner checks what it fetched against it.
 */
export function releaseDigestText(files: readonly { path: string; digest: string }[]): string {
  return files
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, digest: content }) => `${path}\0${content}\n`)
    .join('')
}

export const retrieveRequest = z.object({
  index: slug,
  version: digest,
  query: z.string(),
  top: z.number().int().min(1).max(100),
  mode: z.enum(['hybrid', 'bm25', 'vector']),
  traceId,
  parentSpanId: spanId,
})
export type RetrieveRequest = z.output<typeof retrieveRequest>

/** Passages for the runner, best first. */
export const retrieveAnswer = z.object({ sources: z.array(source) })
export type RetrieveAnswer = z.output<typeof retrieveAnswer>
