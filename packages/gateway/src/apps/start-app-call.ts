import { AppError, chatMessage, validationError, type RunnerRequest } from '@ratchet/contract'
import { isJsonObject } from '../formats/parse-json.ts'
import type { ChatApi } from '../apis/client-api.ts'
import type { ModelRequest } from '../formats/chat-request.ts'
import type { Exchange } from '../calls/exchange.ts'
import { signInvocationToken } from '../keys/invocation-token.ts'
import type { AppAnswer, AppAnswerContext } from './app-answer.ts'
import { AppCall } from './app-call.ts'
import { makeEventsAnswer } from './events-answer.ts'
import { makeNeutralAnswer, messagesOf } from './neutral-answer.ts'
import { makeChunksAnswer, makeCompletionAnswer } from './open-ai-answer.ts'
import { resolveApp, type AppName, type AppTarget } from './resolve-app.ts'

export { readAppName } from './resolve-app.ts'

/** Tokens outlive their call a little, for what the runner does at the very end. */
const tokenSlackMs = 30_000
const messageList = chatMessage.array().max(1000)

/** Hands an app call to the runner and its events to the client, in the format the client asks for. */
export function startAppCall(
  exchange: Exchange,
  request: ModelRequest,
  { name, api }: { name: AppName; api: ChatApi },
): void {
  const { caller, environment, sessionId, userId, traceId } = exchange
  if (caller === undefined) return
  exchange.connection = 'app'
  const target = resolveApp(caller, environment, name, sessionId || userId || traceId)
  const timeoutMs = exchange.timeoutMs()
  const body = makeRunnerRequest(
    exchange,
    { json: request.json, messages: messagesOf(request, api) },
    target,
    timeoutMs,
  )
  new AppCall(exchange, request, target, chooseAnswer(exchange, request, { target, api })).start(
    body,
    timeoutMs,
  )
}

function makeRunnerRequest(
  exchange: Exchange,
  { json, messages: asked }: { json: ModelRequest['json']; messages: unknown },
  target: AppTarget,
  timeoutMs: number,
): RunnerRequest {
  const { caller, environment, sessionId, userId, traceId } = exchange
  if (caller === undefined) throw new AppError('unauthenticated', { message: 'No caller.' })
  const messages = messageList.safeParse(asked)
  if (!messages.success) throw validationError(messages.error, 'messages', asked)
  const extension = json['ratchet'] ?? {}
  if (!isJsonObject(extension)) throw badExtension('ratchet')
  const inputs = extension['inputs'] ?? {}
  const entry = extension['entry']
  if (!isJsonObject(inputs)) throw badExtension('ratchet.inputs')
  const deadlineMs = Date.now() + timeoutMs
  const claims = {
    project: caller.project.id,
    environment,
    keyId: caller.keyId,
    releaseDigest: target.release.digest,
    expiresAtMs: deadlineMs + tokenSlackMs,
  }
  return {
    project: caller.project.id,
    environment,
    app: target.app,
    release: target.release,
    deployment: target.deployment,
    arm: target.arm,
    ...(typeof entry === 'string' && entry !== '' ? { entry } : {}),
    messages: messages.data,
    inputs,
    token: signInvocationToken(claims, exchange.snapshot().tokenKey),
    keyId: caller.keyId,
    traceId,
    parentSpanId: exchange.spanId,
    sessionId,
    userId,
    deadlineMs,
  }
}

function chooseAnswer(
  exchange: Exchange,
  request: ModelRequest,
  { target, api }: { target: AppTarget; api: ChatApi },
): AppAnswer {
  const context: AppAnswerContext = {
    id: `chatcmpl-${exchange.spanId}`,
    traceId: exchange.traceId,
    model: request.model,
    release: target.release.label,
    createdS: Math.floor(Date.now() / 1000),
    wantsUsage: request.wantsUsage,
  }
  if (exchange.request.headers['x-ratchet-format'] === 'events') return makeEventsAnswer(context)
  if (api.format !== 'openai-chat') return makeNeutralAnswer(context, request, api)
  return request.isStream ? makeChunksAnswer(context) : makeCompletionAnswer(context)
}

function badExtension(param: string): AppError {
  return new AppError('validation_failed', {
    message: `"${param}" must be an object, such as {"inputs":{"question":"…"}}.`,
    details: { param },
  })
}
