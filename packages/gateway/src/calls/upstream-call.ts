import { AppError } from '@ratchet/contract'
import { explainFailure } from '../providers/explain-failure.ts'
import type { ModelRequest } from '../formats/chat-request.ts'
import { forwardProviderError, unusableAnswer } from '../providers/provider-error.ts'
import { passHeaders } from '../providers/response-headers.ts'
import type { Exchange } from './exchange.ts'
import { describeModelCall } from './model-span.ts'
import { OutgoingCall } from './outgoing-call.ts'
import { modelNotFound, type ModelTarget } from './resolve-model.ts'
import { streamCut } from './stream-cut.ts'

/** A call to a model provider. */
export abstract class UpstreamCall extends OutgoingCall {
  readonly target: ModelTarget

  constructor(exchange: Exchange, target: ModelTarget) {
    super(exchange)
    this.target = target
  }

  /** `path` is below the connection's base path: `/chat/completions`. */
  start(path: string, body: Buffer): void {
    const { connection } = this.target
    if (connection.origin === '') throw addressless(connection.name, connection.baseUrl)
    const pool = this.exchange.parts.pools.poolOf(connection)
    const timeoutMs = this.exchange.timeoutMs()
    this.dispatch(
      pool,
      { path: connection.basePath + path, method: 'POST', body, headers: connection.headers },
      timeoutMs,
    )
  }

  /** Ends the call with what the provider refused it with, in the client's format and with the provider's status. */
  protected forwardError(request: ModelRequest, contentType: string, body: Buffer): void {
    const { status, exchange, target } = this
    const { connection, isListed } = target
    const { caller, environment } = exchange
    const isUnknownModel = status === 404 && !isListed && caller !== undefined
    const hint = isUnknownModel ? modelNotFound(caller.project, request.model, environment).message : ''
    const error = forwardProviderError({ status, contentType, body, connection, hint })
    this.settle()
    const span = describeModelCall(exchange, request, target, {
      status: 'error',
      output: '',
      error,
      httpStatus: status,
    })
    exchange.writeSpan(span, () =>
      exchange.send(error.status, 'application/json', error.body, passHeaders(this.providerHeaders)),
    )
  }

  protected override describeTimeout(timeoutMs: number): AppError {
    const { name } = this.target.connection
    return new AppError('timeout', {
      message: `The provider of connection "${name}" did not finish within ${timeoutMs} ms. Allow more with the header x-ratchet-timeout-ms, up to RATCHET_REQUEST_TIMEOUT_MS.`,
      details: { timeoutMs, connection: name },
    })
  }

  protected override describeSilence(silentMs: number): AppError {
    const { name, origin } = this.target.connection
    return new AppError('timeout', {
      message: `The provider of connection "${name}" (${origin}) went silent for ${silentMs} ms in the middle of its answer. What came so far is incomplete; try again.`,
      details: { silentMs, connection: name },
    })
  }

  protected override describeError(error: Error): AppError {
    const explained = explainFailure(error, this.target.connection)
    // Whoever has answered a head was reached; its connection broke afterwards.
    const isCut = explained.code === 'provider_unreachable' && this.status > 0
    return isCut ? streamCut(this.target.connection) : explained
  }

  protected override describeBadAnswer(problem: string): AppError {
    return unusableAnswer(problem, this.target.connection)
  }
}

function addressless(name: string, baseUrl: string): AppError {
  return new AppError('provider_unreachable', {
    message: `The connection "${name}" has the address "${baseUrl}", which is no URL. Correct it with: ratchet connections add ${name} --base-url https://…`,
    details: { connection: name },
  })
}
