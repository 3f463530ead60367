import type { AppError, ProviderEndpoint } from '@ratchet/contract'
import type { Exchange } from '../calls/exchange.ts'
import { readModelRequest, type ModelRequest } from '../formats/chat-request.ts'
import { checkStrings, type Check } from './check-strings.ts'
import { checkByServices, checkLocally, needsServices } from './check-text.ts'
import type { GuardRule } from './compile-guards.ts'
import { GuardReport } from './guard-report.ts'

/** A request of an API that is no chat after its guardrails. */
export type GuardedBody = {
  readonly request: ModelRequest
  readonly isChanged: boolean
  readonly error?: AppError
}

const contentFields: Partial<Record<ProviderEndpoint, readonly string[]>> = {
  embeddings: ['input', 'content', 'requests'],
  rerank: ['query', 'documents'],
  speech: ['input', 'instructions'],
  images: ['prompt'],
  'count-tokens': ['system', 'messages', 'tools', 'systemInstruction', 'contents', 'generateContentRequest'],
}

/** Whether guardrails on input can read the requests of an API. What moderations are asked about is for them to judge. */
export function isReadable(kind: ProviderEndpoint, { fields, shape }: ModelRequest): boolean {
  return contentFields[kind] !== undefined && fields[shape.inputField] !== undefined
}

/** Checks the texts of a request for embeddings, an order of documents, speech, pictures or a count of tokens. */
export async function guardBody(
  exchange: Exchange,
  request: ModelRequest,
  { kind, rules, signal }: { kind: ProviderEndpoint; rules: readonly GuardRule[]; signal: AbortSignal },
): Promise<GuardedBody> {
  const report = new GuardReport(exchange, 'input')
  const said: string[] = []
  let error: AppError | undefined
  const check: Check = (text, form = 'text') => {
    const { text: checked, stop } = checkLocally(text, { rules, report, form })
    error ??= stop?.error
    said.push(checked)
    return checked
  }
  const changed: Record<string, unknown> = {}
  for (const field of contentFields[kind] ?? []) {
    const value = request.json[field]
    const checked = typeof value === 'string' ? check(value) : checkStrings(value, check)
    if (checked !== value) changed[field] = checked
    if (Array.isArray(value) && value.some((item) => typeof item === 'number' || Array.isArray(item)))
      report.notScanned('tokens')
  }
  const text = said.join('\n')
  if (error === undefined && text !== '' && needsServices(rules))
    error = (await checkByServices(exchange, text, { rules, report, signal })).stop?.error
  report.write(exchange)
  const isChanged = Object.keys(changed).length > 0
  const body = isChanged ? Buffer.from(JSON.stringify({ ...request.json, ...changed })) : request.body
  const guarded = isChanged ? readModelRequest(body, request.shape) : request
  return { request: guarded, isChanged, ...(error === undefined ? {} : { error }) }
}
