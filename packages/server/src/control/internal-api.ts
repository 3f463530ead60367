import { timingSafeEqual } from 'node:crypto'
import {
  AppError,
  digest as digestWord,
  internalPaths,
  isAppError,
  cacheReport,
  gatewayStateReport,
  limitReport,
  retrieveRequest,
  shipment,
  validationError,
  type CacheReport,
  type GatewayStateReport,
  type InvocationClaims,
  type LimitAnswer,
  type LimitReport,
  type ReleaseBundle,
  type RetrieveRequest,
  type Shipment,
  type Source,
} from '@ratchet/contract'
import { Hono, type Context } from 'hono'
import { z } from 'zod'
import type { SnapshotHub } from './snapshot-hub.ts'

export type InternalApiParts = {
  readonly hub: SnapshotHub
  readonly internalToken: string
  /** Checks signature and expiry; undefined when the token is not ours. */
  readonly verifyToken: (token: string) => InvocationClaims | undefined
  /** Resolves once the rows are durable. */
  readonly ingest: (batch: Batch) => Promise<unknown>
  readonly bundle: (project: string, digest: string) => Promise<ReleaseBundle>
  readonly retrieve: (
    project: string,
    environment: string,
    request: RetrieveRequest,
    signal: AbortSignal,
  ) => Promise<{ sources: Source[] }>
  /** What a gateway used of its limits, and what it may use. */
  readonly reportLimits: (report: LimitReport) => Promise<LimitAnswer>
  /** What the cache of a gateway did. */
  readonly reportCache: (report: CacheReport) => Promise<void>
  /** Breakers, resting keys and running calls of a gateway. */
  readonly reportState: (report: GatewayStateReport) => void
  readonly log: { error(details: object, message: string): void }
}

const heartbeatMs = 5_000

/** A shipment whose records are still unchecked: one bad record must not hold back the others. */
const batch = shipment.extend({ records: z.array(z.unknown()) })
type Batch = Omit<Shipment, 'records'> & { records: unknown[] }

/**
 * What gateway and runner ask of control, on the local socket (or over TCP between machines that share a token).
 * Snapshot and telemetry need the internal token; a release and its indexes only the token of an invocation,
 * so code that a user wrote can reach no more than the release it runs.
 */
export function makeInternalApi(parts: InternalApiParts): Hono {
  const api = new Hono()
  api.get(internalPaths.snapshotStream, (context) => {
    requireInternal(context, parts.internalToken)
    return streamSnapshots(parts.hub, context.req.raw.signal)
  })
  api.post(internalPaths.telemetry, async (context) => {
    requireInternal(context, parts.internalToken)
    await parts.ingest(parseInput(batch, await readJson(context), 'shipment'))
    return context.body(null, 204)
  })
  api.post(internalPaths.limits, async (context) => {
    requireInternal(context, parts.internalToken)
    return context.json(await parts.reportLimits(parseInput(limitReport, await readJson(context), 'report')))
  })
  api.post(internalPaths.cache, async (context) => {
    requireInternal(context, parts.internalToken)
    await parts.reportCache(parseInput(cacheReport, await readJson(context), 'report'))
    return context.body(null, 204)
  })
  api.post(internalPaths.state, async (context) => {
    requireInternal(context, parts.internalToken)
    parts.reportState(parseInput(gatewayStateReport, await readJson(context), 'report'))
    return context.body(null, 204)
  })
  api.get(internalPaths.releaseBundle, async (context) => {
    const claims = requireInvocation(context, parts)
    const wanted = parseInput(digestWord, context.req.query('digest'), 'digest')
    if (claims.releaseDigest !== wanted) throw forbidden('this token may read another release only')
    return context.json(await parts.bundle(claims.project, wanted))
  })
  api.post(internalPaths.retrieve, async (context) => {
    const claims = requireInvocation(context, parts)
    const request = parseInput(retrieveRequest, await readJson(context), 'retrieval')
    return context.json(
      await parts.retrieve(claims.project, claims.environment, request, context.req.raw.signal),
    )
  })
  api.onError((error, context) => {
    const known = isAppError(error) ? error : undefined
    if (!known) parts.log.error({ error, path: context.req.path }, 'an internal call failed')
    const body = (
      known ?? new AppError('internal', { message: 'Control failed; its log says why.' })
    ).toBody()
    return Response.json(body, { status: known?.status ?? 500 })
  })
  return api
}

function streamSnapshots(hub: SnapshotHub, signal: AbortSignal): Response {
  const encoder = new TextEncoder()
  let stop = (): void => undefined
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      const send = (line: string): void => controller.enqueue(encoder.encode(`${line}\n`))
      const unsubscribe = hub.subscribe((snapshot) => send(JSON.stringify(snapshot)))
      const timer = setInterval(() => send(''), heartbeatMs)
      stop = () => {
        clearInterval(timer)
        unsubscribe()
      }
      signal.addEventListener('abort', () => stop(), { once: true })
      send(JSON.stringify(await hub.current()))
    },
    cancel: () => stop(),
  })
  return new Response(stream, {
    headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' },
  })
}

function bearer(context: Context): string {
  return (context.req.header('authorization') ?? '').replace(/^Bearer /, '')
}

function requireInternal(context: Context, token: string): void {
  const given = Buffer.from(bearer(context))
  const wanted = Buffer.from(token)
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw new AppError('unauthenticated', { message: 'This path is for Ratchet’s own processes.' })
  }
}

function requireInvocation(context: Context, parts: InternalApiParts): InvocationClaims {
  const claims = parts.verifyToken(bearer(context))
  if (!claims)
    throw new AppError('unauthenticated', { message: 'The invocation token is missing, wrong or expired.' })
  return claims
}

function forbidden(message: string): AppError {
  return new AppError('forbidden', { message })
}

async function readJson(context: Context): Promise<unknown> {
  try {
    return await context.req.json()
  } catch (cause) {
    throw new AppError('invalid_json', { message: 'The body is not JSON.', cause })
  }
}

function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: string,
): z.output<Schema> {
  const result = schema.safeParse(value)
  if (!result.success) throw validationError(result.error, where, value)
  return result.data
}
