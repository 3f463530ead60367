import type { AppError } from '@ratchet/contract'
import type { ChatApi } from '../apis/client-api.ts'
import { toNeutralError } from '../apis/to-neutral-error.ts'
import type { Attempt } from '../attempts/attempt.ts'
import { codecOf } from '../apis/codecs.ts'
import { parseJsonOr } from '../formats/parse-json.ts'
import type { NeutralError } from '../neutral/neutral-answer.ts'
import { readRetryAfter } from '../neutral/errors/retry-after.ts'
import { forwardProviderError } from '../providers/provider-error.ts'
import { passHeaders } from '../providers/response-headers.ts'
import { classifyAnswer, classifyBreak, type Failure } from '../routing/classify-failure.ts'

/** A failed attempt: what follows from it, and what the client is told when nothing else helps. */
export type ToldError = {
  readonly failure: Failure
  readonly status: number
  readonly code: string
  readonly message: string
  /** In the client's format. */
  readonly body: string
  readonly headers: readonly string[]
  /** The answer came and was not good enough: who is asked now. */
  readonly askNow?: 'next' | 'again'
}

/** For what broke: the connection, the deadline, an answer that cannot be used. */
export function tellBreak(api: ChatApi, error: AppError, hasAnswered: boolean): ToldError {
  return {
    failure: classifyBreak(error, hasAnswered),
    status: error.status,
    code: error.code,
    message: error.message,
    body: api.errorBody(error),
    headers: [],
  }
}

/** For a provider's refusal, `hint` said after its own words. OpenAI's errors keep every field for OpenAI's clients. */
export function tellRefusal(
  api: ChatApi,
  attempt: Attempt,
  { body, hint }: { body: Buffer; hint: string },
): ToldError {
  const { answerStatus: status, contentType, answerHeaders, format, target } = attempt
  const parsed = parseJsonOr(body.toString())
  const read = codecOf(format).readError(status, parsed ?? body.toString())
  const retryAfterMs = readRetryAfter({ headers: answerHeaders, body: parsed, nowMs: Date.now() })
  const error = retryAfterMs === undefined ? read : { ...read, retryAfterMs }
  const { connection } = target
  const forwarded = forwardProviderError({ status, contentType, body, connection, hint })
  const isOpenAi = (name: string) => name.startsWith('openai')
  const isSame = api.format === format || (isOpenAi(api.format) && isOpenAi(format))
  const client = isSame && isOpenAi(api.format) ? forwarded.body : undefined
  const shown = { ...error, status: forwarded.status, message: forwarded.message }
  return {
    failure: classifyAnswer(error),
    status: forwarded.status,
    code: forwarded.code,
    message: forwarded.message,
    body: client ?? JSON.stringify(api.codec.writeError(shown)),
    headers: withRetryAfter(passHeaders(answerHeaders), retryAfterMs),
  }
}

/** For a failure that came as an event of a stream. */
export function tellEvent(api: ChatApi, attempt: Attempt, error: NeutralError): ToldError {
  const status = error.status >= 400 && error.status <= 599 ? error.status : 502
  return {
    failure: classifyAnswer({ ...error, status }),
    status,
    code: error.code === '' ? 'provider_error' : error.code,
    message: error.message,
    body: JSON.stringify(api.codec.writeError({ ...error, status })),
    headers: passHeaders(attempt.answerHeaders),
  }
}

/** For an answer that did not pass the checks of its route. */
export function tellRejection(api: ChatApi, error: AppError, askNow: 'next' | 'again'): ToldError {
  return { ...tellBreak(api, error, true), askNow }
}

/** For an error of our own that no provider has seen. */
export function tellOwn(api: ChatApi, error: AppError): ToldError {
  const { failure } = tellBreak(api, error, false)
  return {
    ...tellBreak(api, error, false),
    failure: { ...failure, retryAfterMs: toNeutralError(error).retryAfterMs },
  }
}

/** Headers of the response that tells it. */
export function toldHeaders({ status, headers }: ToldError): readonly string[] {
  return status === 503 && !headers.includes('retry-after') ? [...headers, 'retry-after', '1'] : headers
}

function withRetryAfter(headers: string[], retryAfterMs: number | undefined): readonly string[] {
  if (retryAfterMs === undefined || headers.includes('retry-after')) return headers
  return [...headers, 'retry-after', String(Math.max(1, Math.ceil(retryAfterMs / 1000)))]
}
