import type { AppError, Usage } from '@ratchet/contract'
import { estimateUsage } from '../../formats/estimate-usage.ts'
import { inputBytes, inputText, type ModelRequest } from '../../formats/chat-request.ts'
import type { FormatName } from '../../neutral/content.ts'
import type { NeutralAnswer } from '../../neutral/neutral-answer.ts'
import { priceCall, type CallSpan, type PricedCost } from './call-span.ts'
import type { Exchange } from '../exchange.ts'
import type { CompiledTarget } from '../../routing/compiled-route.ts'

/** How a model call ended. */
export type ModelOutcome = {
  readonly status: 'ok' | 'error' | 'cancelled'
  readonly output: string
  readonly finishReason?: string
  /** Absent when the provider told none; then it is estimated, unless nothing was processed. */
  readonly usage?: Usage | undefined
  readonly firstTokenUs?: number
  readonly error?: Pick<AppError, 'code' | 'message'> | { readonly code: string; readonly message: string }
  readonly httpStatus?: number
  readonly malformedEvents?: number
  /** The answer without a format, when it had to be read so or is to be kept. */
  readonly answer?: NeutralAnswer
  /** The format of the provider that gave it. */
  readonly answerFrom?: FormatName
  /** The whole answer in the client's format, when it is to be kept and came so. */
  readonly body?: Buffer
  /** More attributes, as JSON members after a comma: `,"route":"fast"`. */
  readonly attributes?: string
}

export const nothingUsed: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
}

/** The span of a model call. Usage that the provider did not report is estimated when it worked for us, and marked so. */
export function describeModelCall(
  exchange: Exchange,
  request: ModelRequest,
  target: CompiledTarget,
  outcome: ModelOutcome,
): CallSpan {
  const { connection, model } = target
  // A refused call was not processed, so nothing was used; a cancelled one was, we just never heard how much.
  const isProcessed = outcome.status !== 'error' || outcome.output !== ''
  const told = isCutShort(outcome) ? withOutput(outcome.usage, outcome.output) : outcome.usage
  const estimated = isProcessed && (told === undefined || told !== outcome.usage)
  const usage = told ?? (isProcessed ? estimateUsage(inputOf(request), outcome.output) : nothingUsed)
  const cost = priceCall(connection, model, usage)
  const release = releaseOf(exchange)
  return {
    name: `${connection.name}/${model}`,
    type: exchange.spanType,
    status: outcome.status,
    errorCode: outcome.error?.code ?? '',
    errorMessage: outcome.error?.message.slice(0, 2000) ?? '',
    finishReason: outcome.finishReason ?? '',
    firstTokenUs: outcome.firstTokenUs ?? 0,
    model,
    provider: connection.provider,
    connection: connection.name,
    usage,
    usageEstimated: estimated,
    costNano: cost.costNano,
    costKnown: cost.costKnown,
    app: release.app,
    release: release.release,
    deployment: release.deployment,
    arm: release.arm,
    input: exchange.shownInput ?? inputBytes(request),
    output: outcome.output,
    attributes: describeAttributes(exchange, request, { outcome, cost }),
  }
}

/** The answer broke off before its provider could say how much it was. */
function isCutShort({ status, finishReason = '' }: ModelOutcome): boolean {
  return status !== 'ok' && finishReason === ''
}

/** Some providers (Anthropic) tell what was read when a stream begins, and what was written only when it ends. */
function withOutput(usage: Usage | undefined, output: string): Usage | undefined {
  if (usage === undefined) return undefined
  const { outputTokens } = estimateUsage('', output)
  return outputTokens > usage.outputTokens ? { ...usage, outputTokens } : usage
}

const parameters = [
  'temperature',
  'top_p',
  'max_tokens',
  'max_completion_tokens',
  'seed',
  'reasoning_effort',
  'n',
] as const

function describeAttributes(
  exchange: Exchange,
  request: ModelRequest,
  { outcome, cost }: { readonly outcome: ModelOutcome; readonly cost: PricedCost },
): string {
  // Request ids have a shape that needs no escapes.
  let text = `{"request_id":"${exchange.requestId}","stream":${request.isStream}`
  for (const name of parameters) {
    const value = request.json[name]
    if (typeof value === 'number') text += `,"${name}":${value}`
    else if (typeof value === 'string') text += `,"${name}":${JSON.stringify(value)}`
  }
  if (outcome.httpStatus !== undefined && outcome.httpStatus !== 200)
    text += `,"http_status":${outcome.httpStatus}`
  if (cost.source !== undefined) text += `,"price_source":${JSON.stringify(cost.source)}`
  if (cost.unpriced !== undefined) text += `,"unpriced":${JSON.stringify(cost.unpriced)}`
  if (outcome.malformedEvents) text += `,"malformed_events":${outcome.malformedEvents}`
  return `${text}${outcome.attributes ?? ''}}`
}

function inputOf(request: ModelRequest): unknown {
  const { json, shape } = request
  try {
    const input = json[shape.inputField]
    return shape.systemField === undefined ? input : [json[shape.systemField], input]
  } catch {
    // Nobody has read a large body that was only passed on; when it is no JSON, its text is an estimate as good.
    return inputText(request)
  }
}

type RunningRelease = {
  readonly app: string
  readonly release: string
  readonly deployment: string
  readonly arm: string
}

const noRelease: RunningRelease = { app: '', release: '', deployment: '', arm: '' }

/** The release whose run makes this call, when one does. */
function releaseOf({ caller, environment }: Exchange): RunningRelease {
  if (caller === undefined || caller.releaseDigest === '') return noRelease
  const running = caller.project.releases.filter(({ arm }) => arm.digest === caller.releaseDigest)
  const found = running.find(({ deployment }) => deployment.environment === environment) ?? running[0]
  if (found === undefined) return noRelease
  return {
    app: found.app,
    release: found.arm.label,
    deployment: found.deployment.environment === environment ? found.deployment.id : '',
    arm: found.deployment.environment === environment ? found.arm.name : '',
  }
}
