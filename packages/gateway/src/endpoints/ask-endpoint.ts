import { providerTable, type ProviderEndpoint } from '@ratchet/contract'
import type { Attempt } from '../attempts/attempt.ts'
import { openAiPath, requireAddress } from '../attempts/describe-upstream.ts'
import { HttpAttempt } from '../attempts/http-attempt.ts'
import { headersFor, pickCredential, sendAuthorised } from '../attempts/start-attempt.ts'
import { unsupportedCall } from '../attempts/write-upstream.ts'
import type { AttemptRun, RunOwner } from '../calls/attempt-run.ts'
import type { FormatName } from '../neutral/content.ts'
import type { CompiledTarget } from '../routing/compiled-route.ts'
import type { CompiledConnection } from '../snapshot/compile-snapshot.ts'
import { SeveralAttempts } from './several-attempts.ts'

/** One request to the provider of a run. */
export type EndpointCall = {
  /** From the root of the host. */
  readonly path: string
  readonly body: Buffer
  /** JSON when absent. */
  readonly contentType?: string
}

type Asking = {
  readonly calls: readonly EndpointCall[]
  /** Format of errors, and of answers that are chat. */
  readonly format: FormatName
}

/** Sends one request, or several of which the answers belong together, to the provider of a run. */
export function askEndpoint(run: AttemptRun, owner: RunOwner, { calls, format }: Asking): Attempt {
  const { target } = run.candidate
  const { connection, model } = target
  requireAddress(connection)
  const credential = pickCredential(run, connection, model)
  const headers = headersFor(run, credential, format)
  const send = (attempt: HttpAttempt, { path, body, contentType }: EndpointCall): void => {
    const typed = contentType === undefined ? headers : withContentType(headers, contentType)
    sendAuthorised(run, owner, { attempt, upstream: { path, body, headers: typed }, credential })
  }
  const [only] = calls
  if (only !== undefined && calls.length === 1) {
    const attempt = new HttpAttempt(owner.exchange, target, { format, listener: run })
    send(attempt, only)
    return attempt
  }
  const several = new SeveralAttempts({ exchange: owner.exchange, target, format, listener: run })
  several.start(calls, send)
  return several
}

/** Throws `model_unsupported` for a target whose provider has no such API; `what` names it. */
export function requireEndpoint(
  { connection, name }: CompiledTarget,
  endpoint: ProviderEndpoint,
  what: string,
) {
  if (providerTable[connection.provider].endpoints.includes(endpoint)) return
  throw unsupportedCall({ connection, name }, what)
}

/** The path of a call in OpenAI's shape, or where its provider has put it. */
export function endpointPath(
  connection: CompiledConnection,
  { model, endpoint, call }: { model: string; endpoint: ProviderEndpoint; call: string },
): string {
  return providerTable[connection.provider].paths?.[endpoint] ?? openAiPath(connection, model, call)
}

/** Headers of a connection begin with the content type of JSON. */
export function withContentType(headers: readonly string[], contentType: string): string[] {
  const result = [...headers]
  const at = result.indexOf('content-type')
  if (at % 2 === 0) result[at + 1] = contentType
  else result.push('content-type', contentType)
  return result
}
