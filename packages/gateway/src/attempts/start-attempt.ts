import { isAwsKeyPair, isServiceAccount } from '@ratchet/core/catalog'
import type { AttemptRun, RunOwner } from '../calls/attempt-run.ts'
import type { Exchange } from '../calls/exchange.ts'
import { parseRequestJson } from '../formats/parse-json.ts'
import { readServiceAccount } from '../providers/google-token.ts'
import type { FormatName } from '../neutral/content.ts'
import type { CompiledConnection, CompiledCredential } from '../snapshot/compile-snapshot.ts'
import type { Attempt } from './attempt.ts'
import { chatPath, chooseFormat, requireAddress } from './describe-upstream.ts'
import { HttpAttempt, type UpstreamRequest } from './http-attempt.ts'
import { OfflineAttempt } from './offline-attempt.ts'
import { signUpstream } from './sign-upstream.ts'
import { writeUpstream } from './write-upstream.ts'

/** Sends a chat request to the run's target and gives the attempt. Throws an AppError when it cannot be written for it. */
export function startAttempt(run: AttemptRun, owner: RunOwner): Attempt {
  const { exchange, request, api } = owner
  if (api.endpoint !== undefined) return api.endpoint.start(run, owner)
  const { target } = run.candidate
  const { connection, model } = target
  const isOffline = connection.provider === 'offline'
  const format = isOffline ? 'openai-chat' : chooseFormat(connection, model, api.format)
  const source = {
    request,
    clientFormat: api.format,
    neutral: () => owner.neutral(),
    dropUnsupported: owner.dropUnsupported,
    isChanged: owner.isChanged || api.rewrites === true,
    wantsLogprobs: owner.wantsLogprobs && run.candidate.isChecked,
  }
  const { body, dropped, toolNames, isPassed } = writeUpstream(source, target, format)
  run.dropped = dropped
  run.toolNames = toolNames
  if (isOffline) {
    const attempt = new OfflineAttempt(exchange, target, run)
    attempt.startChat(isPassed ? request.json : parseRequestJson(body), request.isStream)
    return attempt
  }
  requireAddress(connection)
  const attempt = new HttpAttempt(exchange, target, { format, listener: run })
  const credential = pickCredential(run, connection, model)
  const upstream = {
    path: chatPath(connection, model, { format, isStream: request.isStream }),
    headers: headersFor(run, credential, format),
    body,
  }
  sendAuthorised(run, owner, { attempt, upstream, credential })
  return attempt
}

/** The credential whose turn it is; only connections with several have turns. */
export function pickCredential(
  run: AttemptRun,
  connection: CompiledConnection,
  model: string,
): CompiledCredential | undefined {
  const [only] = connection.credentials
  const credential =
    connection.credentials.length < 2
      ? only
      : run.exchange.parts.credentials.of(connection).pick(model, performance.now())
  run.credentialId = credential?.id
  return credential
}

/** Headers of a call in a format, with what its clients say in headers. */
export function headersFor(
  run: AttemptRun,
  credential: CompiledCredential | undefined,
  format: FormatName,
): string[] {
  const own = credential?.headers ?? run.candidate.target.connection.headers
  const { exchange } = run
  const headers = exchange.parts.sendTraceContext ? [...own, ...traceHeaders(exchange)] : own
  const beta = run.exchange.request.headers['anthropic-beta']
  return format === 'anthropic' && typeof beta === 'string' ? [...headers, 'anthropic-beta', beta] : headers
}

/** The provider's span belongs under ours, in the trace of the caller. */
function traceHeaders({ traceId, spanId, request }: Exchange): string[] {
  const { tracestate } = request.headers
  const headers = ['traceparent', `00-${traceId}-${spanId}-01`]
  return typeof tracestate === 'string' && tracestate.length <= traceStateLimit
    ? [...headers, 'tracestate', tracestate]
    : headers
}

const traceStateLimit = 512

export type Sending = {
  readonly attempt: HttpAttempt
  readonly upstream: UpstreamRequest
  readonly credential: CompiledCredential | undefined
}

/** Most credentials are sent as they are; AWS keys sign each request, service accounts are exchanged for a token first. */
export function sendAuthorised(
  run: AttemptRun,
  owner: RunOwner,
  { attempt, upstream, credential }: Sending,
): void {
  const { connection } = run.candidate.target
  const pool = owner.exchange.parts.pools.poolOf(connection)
  const send = (headers: string[]): void => {
    if (!run.isOver) attempt.send(pool, { ...upstream, headers }, timesOf(owner))
  }
  const value = credential?.value ?? ''
  if (connection.provider === 'bedrock' && isAwsKeyPair(value))
    return send(signUpstream(connection, upstream, value))
  if (connection.provider !== 'vertex' || !isServiceAccount(value))
    return attempt.send(pool, upstream, timesOf(owner))
  const account = readServiceAccount(value, connection.name)
  const signal = AbortSignal.timeout(owner.remainingMs())
  owner.exchange.parts.googleTokens.token(account, connection.name, signal).then(
    (token) => owner.exchange.guard(() => send([...upstream.headers, 'authorization', `Bearer ${token}`])),
    (error: unknown) => owner.exchange.guard(() => run.failStart(owner.exchange.asAppError(error))),
  )
}

function timesOf(owner: RunOwner) {
  return { limitMs: owner.limitMs, remainingMs: owner.remainingMs() }
}
