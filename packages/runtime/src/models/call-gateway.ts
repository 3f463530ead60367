import { AppError, isAppError } from '@ratchet/contract'
import { Agent, request, type Dispatcher } from 'undici'
import type { ModelAnswer, ModelCall } from '../flows/execution-parts.ts'
import { chatChunk, type ChatChunk } from './chat-chunk.ts'
import { AnswerCollector } from './collect-answer.ts'
import type { GatewaySockets } from './gateway-sockets.ts'
import { readErrorBody, readGatewayError } from './gateway-error.ts'
import { readEventStream } from './read-event-stream.ts'

/** Whose call it is: the gateway takes project, environment and limits from the token. */
export type ModelCaller = {
  readonly token: string
  readonly sessionId: string
  readonly userId: string
}

export type GatewayClient = {
  /**
   * Calls a chat model, streaming. Throws AppError with the gateway's code, `provider_stream_cut` when the answer
   * breaks off, `unavailable` when the gateway does not answer, or the signal's reason.
   */
  readonly callModel: (caller: ModelCaller, call: ModelCall) => Promise<ModelAnswer>
  readonly close: () => Promise<void>
}

const errorBodyLimit = 64 * 1024
/** A gateway that is restarted refuses connections for a moment; nothing has been sent then, so trying again is safe. */
const connectRetryMs = [50, 150, 400, 800, 1_600] as const

/** Makes the client of the gateway at `gatewayUrl`, and on `sockets` when nobody listens there; it keeps connections open. */
export function makeGatewayClient(gatewayUrl: string, sockets?: GatewaySockets): GatewayClient {
  // The deadline of each call covers these two.
  const agent = new Agent({
    headersTimeout: 0,
    bodyTimeout: 0,
    connectTimeout: 5_000,
    keepAliveTimeout: 30_000,
  })
  return {
    callModel: async (caller, call) => {
      const send = (origin: string, dispatcher: Dispatcher) =>
        request(`${origin}/v1/chat/completions`, {
          ...describeRequest(caller, call),
          dispatcher,
          signal: call.signal,
        })
      const response = await connect(gatewayUrl, call, () => sendToAny(send, { gatewayUrl, agent, sockets }))
      if (response.statusCode !== 200) {
        throw readErrorBody(await readStart(response.body), call.model, response.statusCode)
      }
      return readAnswer(response, call)
    },
    close: async () => {
      await Promise.all([agent.destroy(), sockets?.close()])
    },
  }
}

function describeRequest(caller: ModelCaller, call: ModelCall) {
  const { traceId, spanId } = call.parent
  return {
    method: 'POST',
    headers: {
      authorization: `Bearer ${caller.token}`,
      'content-type': 'application/json',
      accept: 'text/event-stream',
      traceparent: `00-${traceId}-${spanId}-01`,
      ...(caller.sessionId === ''
        ? {}
        : { 'x-ratchet-session': encodeURIComponent(caller.sessionId.toWellFormed()) }),
      ...(caller.userId === '' ? {} : { 'x-ratchet-user': encodeURIComponent(caller.userId.toWellFormed()) }),
    },
    body: JSON.stringify({
      ...call.parameters,
      model: call.model,
      messages: call.messages,
      stream: true,
      stream_options: { include_usage: true },
    }),
  } as const
}

type Send = (origin: string, dispatcher: Dispatcher) => Promise<Dispatcher.ResponseData>
type Places = {
  readonly gatewayUrl: string
  readonly agent: Agent
  readonly sockets: GatewaySockets | undefined
}

async function sendToAny(
  send: Send,
  { gatewayUrl, agent, sockets }: Places,
): Promise<Dispatcher.ResponseData> {
  try {
    return await send(gatewayUrl, agent)
  } catch (error) {
    if (!isRefused(error)) throw error
    for (const socket of sockets?.list() ?? []) {
      try {
        return await send('http://gateway', socket)
      } catch (problem) {
        if (!isRefused(problem)) throw problem
      }
    }
    throw error
  }
}

async function connect(
  gatewayUrl: string,
  call: ModelCall,
  send: () => Promise<Dispatcher.ResponseData>,
): Promise<Dispatcher.ResponseData> {
  for (const [attempt, waitMs] of [...connectRetryMs, undefined].entries()) {
    try {
      return await send()
    } catch (error) {
      if (call.signal.aborted) throw call.signal.reason
      if (waitMs === undefined || !isRefused(error)) throw gatewayDown(gatewayUrl, error, attempt)
      await sleep(waitMs, call.signal)
    }
  }
  throw new Error('unreachable')
}

async function readAnswer(response: Dispatcher.ResponseData, call: ModelCall): Promise<ModelAnswer> {
  const type = String(response.headers['content-type'] ?? '')
  if (!type.startsWith('text/event-stream')) {
    const start = (await readStart(response.body)).slice(0, 200)
    throw new AppError('provider_error', {
      message: `Model "${call.model}" answered with "${type}" where a stream of events was asked for: ${start}`,
      details: { model: call.model, contentType: type },
    })
  }
  const collector = new AnswerCollector(call.onText)
  try {
    for await (const data of readEventStream(response.body)) {
      if (data === '[DONE]') return collector.answer()
      collector.add(readChunk(data, call.model))
    }
  } catch (error) {
    if (call.signal.aborted) throw call.signal.reason
    throw isAppError(error) ? error : streamCut(call.model, error)
  } finally {
    // After an early end nobody reads the rest.
    response.body.on('error', () => undefined).destroy()
  }
  throw streamCut(call.model)
}

function readChunk(data: string, model: string): ChatChunk {
  const parsed = chatChunk.safeParse(parseJson(data))
  if (!parsed.success) {
    throw new AppError('provider_error', {
      message: `Model "${model}" sent an event that is not a chat completion chunk: ${data.slice(0, 200)}`,
      details: { model },
    })
  }
  const { error } = parsed.data
  if (error !== undefined && error !== null) throw readGatewayError(error, model)
  return parsed.data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // The caller's schema refuses it and shows the text.
  }
}

async function readStart(body: Dispatcher.ResponseData['body']): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of body) {
    if (!Buffer.isBuffer(part)) continue
    parts.push(part)
    bytes += part.length
    if (bytes > errorBodyLimit) break
  }
  return Buffer.concat(parts).toString()
}

function isRefused(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && (error.code === 'ECONNREFUSED' || error.code === 'ENOENT')
  )
}

function gatewayDown(gatewayUrl: string, cause: unknown, attempts: number): AppError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new AppError('unavailable', {
    message: `The gateway at ${gatewayUrl} cannot be reached (${reason}${attempts > 0 ? `, tried ${attempts + 1} times` : ''}). It is restarted on its own: try again in a moment, or look at: ratchet status`,
    details: { process: 'gateway' },
    cause,
  })
}

function streamCut(model: string, cause?: unknown): AppError {
  return new AppError('provider_stream_cut', {
    message: `The answer of model "${model}" broke off in the middle. What came so far is incomplete; try again.`,
    details: { model },
    cause,
  })
}

function sleep(delayMs: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const abort = (): void => {
    clearTimeout(timer)
    reject(signal.reason)
  }
  const timer = setTimeout(() => {
    signal.removeEventListener('abort', abort)
    resolve()
  }, delayMs)
  signal.addEventListener('abort', abort, { once: true })
  return promise
}
