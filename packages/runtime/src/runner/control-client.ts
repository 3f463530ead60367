import { AppError, errorBody, errorStatus, type ErrorCode } from '@ratchet/contract'
import type { ControlAddress } from '@ratchet/spool'
import { Agent, request } from 'undici'
import type { z } from 'zod'

/** A call of control's internal API with the token of an invocation. */
export type ControlCall<Schema extends z.ZodType> = {
  readonly path: string
  readonly token: string
  readonly signal: AbortSignal
  readonly output: Schema
  /** Sent as JSON with POST; GET without it. */
  readonly body?: unknown
  /** What cannot go on when control is away: `Release abc cannot be fetched`. */
  readonly purpose: string
}

export type ControlClient = {
  /** Throws AppError with control's own code, or `unavailable` when it does not answer within 30 s. */
  readonly call: <Schema extends z.ZodType>(call: ControlCall<Schema>) => Promise<z.output<Schema>>
  readonly close: () => Promise<void>
}

const timeoutMs = 30_000

/** Makes the client of control's internal API: its local socket, or its address on another machine. */
export function makeControlClient(control: ControlAddress): ControlClient {
  const isSocket = 'socketPath' in control
  const origin = isSocket ? 'http://control' : control.url
  const agent = new Agent({
    ...(isSocket ? { connect: { socketPath: control.socketPath } } : {}),
    connections: 32,
    connectTimeout: 5_000,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  })
  return {
    call: async (call) => {
      const signal = AbortSignal.any([call.signal, AbortSignal.timeout(timeoutMs)])
      const answer = await send(call, () =>
        request(`${origin}${call.path}`, {
          dispatcher: agent,
          signal,
          method: call.body === undefined ? 'GET' : 'POST',
          headers: {
            authorization: `Bearer ${call.token}`,
            ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        }),
      )
      return readOutput(call, answer)
    },
    close: () => agent.destroy(),
  }
}

type Answer = { readonly status: number; readonly text: string }
type Sent = { readonly statusCode: number; readonly body: { text(): Promise<string> } }

async function send(
  call: { readonly signal: AbortSignal; readonly purpose: string },
  start: () => Promise<Sent>,
): Promise<Answer> {
  try {
    const { statusCode, body } = await start()
    return { status: statusCode, text: await body.text() }
  } catch (cause) {
    if (call.signal.aborted) throw call.signal.reason
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('unavailable', {
      message: `${call.purpose}: control does not answer (${reason}). It is restarted on its own: try again in a moment, or look at: ratchet status`,
      details: { process: 'control' },
      cause,
    })
  }
}

function readOutput<Schema extends z.ZodType>(
  call: ControlCall<Schema>,
  { status, text }: Answer,
): z.output<Schema> {
  const json = parseJson(text)
  if (status !== 200) throw readFailure(call.purpose, status, json)
  const parsed = call.output.safeParse(json)
  if (parsed.success) return parsed.data
  throw new AppError('internal', {
    message: `${call.purpose}: control's answer is not in the form this version knows (${parsed.error.issues[0]?.message ?? 'unknown'}). Run the same version of both.`,
    cause: parsed.error,
  })
}

function readFailure(purpose: string, status: number, json: unknown): AppError {
  const parsed = errorBody.safeParse(json)
  if (!parsed.success)
    return new AppError('unavailable', { message: `${purpose}: control answered ${status}.` })
  const { code, message, details } = parsed.data.error
  return new AppError(isCode(code) ? code : 'unavailable', {
    message: `${purpose}: ${message}`,
    ...(details === undefined ? {} : { details }),
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // The caller's schema refuses it.
  }
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorStatus, code)
}
