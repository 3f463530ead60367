import { isAppError, type FailureKind } from '@ratchet/contract'
import type { FinishReason, NeutralError } from '../neutral/neutral-answer.ts'

/** Why an attempt failed, as far as going on depends on it. */
export type Failure = {
  /** Undefined: the request itself is at fault, and every other target would say the same. */
  readonly kind: FailureKind | undefined
  /** How long the provider asks us to wait. */
  readonly retryAfterMs: number | undefined
  /** False when the provider cannot have begun to work on the request. */
  readonly hasReached: boolean
}

/** A refusal or a failure that a provider put into words, with the status of its answer. */
export function classifyAnswer(error: NeutralError): Failure {
  return { kind: kindOfAnswer(error), retryAfterMs: error.retryAfterMs, hasReached: true }
}

/** A call that broke: an error of ours, of undici or of the socket. `hasAnswered`: its head had come. */
export function classifyBreak(error: unknown, hasAnswered: boolean): Failure {
  const kind = kindOfBreak(error, hasAnswered)
  return { kind, retryAfterMs: undefined, hasReached: hasAnswered || !isUnsent(error) }
}

/** An answer that came whole and is of no use; undefined for all others. */
export function classifyFinish(finish: FinishReason): FailureKind | undefined {
  if (finish === 'content-filter' || finish === 'refusal') return 'content-filter'
  return finish === 'malformed-call' ? 'bad-answer' : undefined
}

function kindOfAnswer(error: NeutralError): FailureKind | undefined {
  const { status } = error
  const words = `${error.type} ${error.code}`.toLowerCase()
  if (error.isContextLength === true) return 'context-length'
  if (overloadedWords.test(words)) return 'overloaded'
  // Credit that is used up does not come back by waiting, whatever the status says.
  if (creditWords.test(words)) return 'credential'
  if (filterWords.test(words)) return 'content-filter'
  const known = byStatus.get(status)
  if (known !== undefined) return known
  if (status === 404) return missingPart.test(`${words} ${error.param ?? ''}`) ? undefined : 'not-found'
  if (status >= 500) return 'server-error'
  if (status < 400) return 'bad-answer'
  return refusedKey.test(`${words} ${error.message.slice(0, 300)}`) ? 'credential' : undefined
}

const byStatus = new Map<number, FailureKind>([
  [401, 'credential'],
  [402, 'credential'],
  [403, 'credential'],
  [408, 'timeout'],
  [409, 'server-error'],
  [413, 'context-length'],
  [424, 'server-error'],
  [425, 'overloaded'],
  [429, 'rate-limit'],
  [498, 'overloaded'],
  [503, 'overloaded'],
  [504, 'timeout'],
  [524, 'timeout'],
  [529, 'overloaded'],
])
const overloadedWords = /overloaded|modelnotready|capacity_exceeded|serviceunavailable/
const creditWords = /insufficient_quota|insufficient_balance|billing|credit_balance|payment_required/
const filterWords = /content_filter|content_policy|responsibleaipolicy|content_moderation/
/** Something that the request refers to is missing, not the model. */
const missingPart = /previous_response|file|vector_store|conversation|container/
/** Some providers answer 400 to a wrong key. */
const refusedKey =
  /(?:incorrect|invalid|not valid|missing|expired)[\s\w]*api[ _]?key|api[ _]?key (?:not valid|is invalid|expired)|api_key_invalid/i

function kindOfBreak(error: unknown, hasAnswered: boolean): FailureKind | undefined {
  if (!isAppError(error)) return hasAnswered ? 'stream-cut' : 'connect'
  switch (error.code) {
    case 'timeout':
      return 'timeout'
    case 'provider_stream_cut':
      return 'stream-cut'
    case 'provider_unreachable':
    case 'address_forbidden':
      return hasAnswered ? 'stream-cut' : 'connect'
    case 'provider_error':
    case 'invalid_json':
      return 'bad-answer'
    case 'overloaded':
    case 'unavailable':
      return 'overloaded'
    default:
      return undefined
  }
}

const unsentCodes = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** True when the request cannot have left: there was no connection to send it on. */
function isUnsent(error: unknown): boolean {
  if (isAppError(error) && error.code === 'address_forbidden') return true
  const code = codeOf(error)
  return unsentCodes.has(code) || code.includes('CERT') || code.includes('TLS') || code.includes('SSL')
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if (isAppError(error)) return codeOf(error.cause)
  if ('code' in error && typeof error.code === 'string') return error.code
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return codeOf(error.cause)
}
