import {
  AppError,
  errorStatus,
  invocationEvent,
  type ChatMessage,
  type ErrorCode,
  type InvocationClaims,
  type InvocationEvent,
} from '@ratchet/contract'
import type { Clock } from '#platform/clock.ts'
import { z } from 'zod'
import { chatEvents } from './chat-events.ts'
import { gatewayError, readChatStream } from './read-chat-stream.ts'
import { readLines } from './read-lines.ts'

/** Who a call is for, and until when. `keyId` names the caller in traces: a key, a session, `evaluation`. */
export type CallOf = {
  readonly project: string
  readonly environment: string
  readonly keyId: string
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Makes the call a child of this span; without it the gateway starts a trace. */
  readonly parent?: { readonly traceId: string; readonly spanId: string } | undefined
}

export type Invocation = CallOf & {
  /** `connection/model`, `app/<name>`, or `app/<name>@<release>` (label, id, digest or prefix). */
  readonly model: string
  readonly messages: readonly ChatMessage[]
  readonly inputs?: Readonly<Record<string, unknown>>
  readonly entry?: string | undefined
  readonly sessionId?: string | undefined
  readonly userId?: string | undefined
}

/** The one way in which control calls models and apps: through the gateway, like everybody else. */
export type Invocations = {
  /**
   * Starts a call. Refusals (unknown model, limits, gateway down) throw; once events flow, a failure is the
   * `failed` event, and a stream that ends early gives one too. The caller's abort rejects with its reason.
   */
  readonly invoke: (invocation: Invocation) => Promise<AsyncGenerator<InvocationEvent>>
  /** Vectors of the texts, in their order. */
  readonly embed: (texts: readonly string[], call: CallOf & { model: string }) => Promise<number[][]>
  /** The name with its release pinned to a digest. Throws `not_found` when there is no such release. */
  readonly resolve: (project: string, model: string) => Promise<ResolvedModel>
}

/** `releaseDigest` is empty for plain models and for apps that answer with whatever is deployed; drafts have no label. */
export type ResolvedModel = {
  readonly model: string
  readonly releaseDigest: string
  readonly label?: string
}

/** Sends a request to a gateway that takes no connections any more; undefined when there is none. */
export type AskSocket = (
  path: string,
  init: {
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
    readonly signal: AbortSignal
  },
) => Promise<Response | undefined>

export type InvocationsParts = {
  readonly gatewayUrl: string
  /** For when nobody listens at the address. */
  readonly askSocket?: AskSocket | undefined
  readonly signToken: (claims: InvocationClaims) => string
  /** The digest behind `r3`, an id or a digest prefix. Throws `not_found`. */
  readonly resolveRelease: (
    project: string,
    app: string,
    release: string,
  ) => Promise<{ digest: string; label?: string }>
  readonly clock: Clock
}

const defaultTimeoutMs = 300_000
/** Tokens outlive their call a little, for calls that the runner makes at the very end. */
const tokenSlackMs = 30_000

/** Makes the client of our own gateway. */
export function makeInvocations(parts: InvocationsParts): Invocations {
  const { clock } = parts
  return {
    invoke: async (invocation) => {
      const startedMs = clock.now()
      const elapsedMs = () => clock.now() - startedMs
      const deadline = deadlineOf(invocation)
      const { model, releaseDigest } = await resolveModel(parts, invocation)
      const response = await send(
        parts,
        invocation,
        { path: '/v1/chat/completions', releaseDigest, deadline },
        {
          model,
          messages: invocation.messages,
          stream: true,
          stream_options: { include_usage: true },
          ...(invocation.userId === undefined ? {} : { user: invocation.userId }),
          ...(isApp(model) ? { ratchet: { inputs: invocation.inputs ?? {}, entry: invocation.entry } } : {}),
        },
      )
      return guarded(eventsOf(response, { model: invocation.model, elapsedMs }), invocation, deadline)
    },
    resolve: (project, model) => resolveModel(parts, { project, model }),
    embed: async (texts, call) => {
      if (texts.length === 0) return []
      const deadline = deadlineOf(call)
      const request = { path: '/v1/embeddings', releaseDigest: '', deadline }
      const response = await send(parts, call, request, {
        model: call.model,
        input: texts,
        encoding_format: 'float',
      })
      const { data } = embeddings.parse(await response.json())
      const vectors = data.toSorted((a, b) => a.index - b.index).map((item) => item.embedding)
      if (vectors.length === texts.length) return vectors
      throw new AppError('provider_error', {
        message: `The model "${call.model}" answered ${vectors.length} vectors for ${texts.length} texts. Check with its provider that it takes several inputs at once.`,
        details: { model: call.model },
      })
    },
  }
}

const embeddings = z.looseObject({
  data: z.array(z.looseObject({ index: z.number().int(), embedding: z.array(z.number()) })),
})
const errorAnswer = z.looseObject({ error: gatewayError })

type Deadline = { readonly signal: AbortSignal; readonly timeout: AbortSignal; readonly timeoutMs: number }

function deadlineOf(call: CallOf): Deadline {
  const timeoutMs = call.timeoutMs ?? defaultTimeoutMs
  const timeout = AbortSignal.timeout(timeoutMs)
  return { timeoutMs, timeout, signal: call.signal ? AbortSignal.any([call.signal, timeout]) : timeout }
}

function isApp(model: string): boolean {
  return model.startsWith('app/')
}

/** The gateway knows deployments and full digests only; labels and ids are control's words. */
async function resolveModel(
  parts: InvocationsParts,
  { project, model }: Pick<Invocation, 'project' | 'model'>,
): Promise<ResolvedModel> {
  const match = /^app\/([^@]+)@(.+)$/.exec(model)
  if (!match) return { model, releaseDigest: '' }
  const [, app = '', release = ''] = match
  const { digest, label = '' } = await parts.resolveRelease(project, app, release)
  return { model: `app/${app}@${digest}`, releaseDigest: digest, ...(label === '' ? {} : { label }) }
}

async function send(
  parts: InvocationsParts,
  call: CallOf & { sessionId?: string | undefined; userId?: string | undefined },
  request: { path: string; releaseDigest: string; deadline: Deadline },
  body: object,
): Promise<Response> {
  const { deadline, path, releaseDigest } = request
  const { project, environment, keyId, parent } = call
  const expiresAtMs = parts.clock.now() + deadline.timeoutMs + tokenSlackMs
  const token = parts.signToken({ project, environment, keyId, releaseDigest, expiresAtMs })
  const headers: Record<string, string> = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'x-ratchet-timeout-ms': String(deadline.timeoutMs),
    // Apps answer with our own events; plain models may ignore this and stream OpenAI's format.
    'x-ratchet-format': 'events',
    ...(call.sessionId === undefined
      ? {}
      : { 'x-ratchet-session': encodeURIComponent(call.sessionId.toWellFormed()) }),
    ...(call.userId === undefined
      ? {}
      : { 'x-ratchet-user': encodeURIComponent(call.userId.toWellFormed()) }),
    ...(parent ? { traceparent: `00-${parent.traceId}-${parent.spanId}-01` } : {}),
  }
  try {
    const init = { headers, body: JSON.stringify(body), signal: deadline.signal }
    const response = await fetch(parts.gatewayUrl + path, { method: 'POST', ...init }).catch(
      async (error: unknown) => {
        const other = isRefused(error) ? await parts.askSocket?.(path, init) : undefined
        if (other === undefined) throw error
        return other
      },
    )
    if (response.ok) return response
    throw await refusalOf(response)
  } catch (error) {
    throw explain(error, call, deadline)
  }
}

/** `fetch` puts what happened into the cause. */
function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED'
}

async function refusalOf(response: Response): Promise<AppError> {
  const text = await response.text()
  const parsed = errorAnswer.safeParse(parseOr(text))
  const error = parsed.data?.error
  const code = codeOf(error?.code ?? error?.type, response.status)
  return new AppError(code, {
    message: error?.message || `The gateway answered ${response.status}: ${text.slice(0, 200)}`,
    details: { ...error?.details, status: response.status, retryAfter: response.headers.get('retry-after') },
  })
}

function codeOf(given: unknown, status: number): ErrorCode {
  if (typeof given === 'string' && Object.hasOwn(errorStatus, given)) return given as ErrorCode
  if (status === 429) return 'rate_limited'
  if (status === 503) return 'unavailable'
  if (status === 404) return 'model_not_found'
  return status >= 500 ? 'provider_error' : 'bad_request'
}

function explain(error: unknown, call: CallOf, deadline: Deadline): unknown {
  if (call.signal?.aborted) return call.signal.reason
  if (deadline.timeout.aborted) return timedOut(deadline)
  if (error instanceof AppError) return error
  return new AppError('unavailable', {
    message: 'The gateway does not answer. It is restarted on its own; look at: ratchet status',
    cause: error,
  })
}

function timedOut({ timeoutMs }: Deadline): AppError {
  return new AppError('timeout', {
    message: `No complete answer within ${timeoutMs} ms. Raise timeoutMs, or use a faster model.`,
    details: { timeoutMs },
  })
}

async function* eventsOf(
  response: Response,
  parts: { model: string; elapsedMs: () => number },
): AsyncGenerator<InvocationEvent> {
  const lines = readLines(response.body ?? emptyBody())
  if (response.headers.get('content-type')?.includes('ndjson')) {
    for await (const line of lines) if (line.trim() !== '') yield invocationEvent.parse(JSON.parse(line))
    return
  }
  yield { type: 'started', traceId: response.headers.get('x-ratchet-trace-id') ?? '', model: parts.model }
  yield* chatEvents(readChatStream(lines), parts.elapsedMs)
}

/** Ends every stream with exactly one `finished` or `failed`, unless the caller itself left. */
async function* guarded(
  events: AsyncGenerator<InvocationEvent>,
  call: CallOf,
  deadline: Deadline,
): AsyncGenerator<InvocationEvent> {
  let failure = new AppError('provider_stream_cut', {
    message: 'The answer broke off before its end. Try again; when it keeps happening, look at the trace.',
  })
  try {
    for await (const event of events) {
      yield event
      if (event.type === 'finished' || event.type === 'failed') return
    }
  } catch (error) {
    if (call.signal?.aborted) throw call.signal.reason
    if (deadline.timeout.aborted) failure = timedOut(deadline)
    else if (error instanceof SyntaxError || error instanceof z.ZodError) failure = malformed(error)
  }
  yield { type: 'failed', error: { code: failure.code, message: failure.message } }
}

function malformed(cause: Error): AppError {
  return new AppError('provider_error', {
    message: `The answer is not in the expected format: ${cause.message.slice(0, 200)}. Look at the trace for what came back.`,
    cause,
  })
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {}

function parseOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // An HTML error page of something in between.
    return undefined
  }
}
