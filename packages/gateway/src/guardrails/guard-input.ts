import type { AppError } from '@ratchet/contract'
import type { ChatApi } from '../apis/client-api.ts'
import type { Exchange } from '../calls/exchange.ts'
import { inputBytes, type ModelRequest } from '../formats/chat-request.ts'
import type { NeutralRequest } from '../neutral/neutral-request.ts'
import type { Guards } from './compile-guards.ts'
import { guardBody, isReadable } from './guard-body.ts'
import { guardRequest } from './guard-request.ts'

type Asked = { readonly api: ChatApi; readonly request: ModelRequest; readonly neutral: () => NeutralRequest }

/** What is asked after its guardrails; without what they have left alone. */
export type GuardedInput = {
  readonly neutral?: NeutralRequest
  readonly request?: ModelRequest
  /** The input for traces, when something was redacted. */
  readonly shown?: string
  readonly error?: AppError
}

/** Whether rules look at what is asked. Of APIs that are no chat, only what callers write in JSON can be read. */
export function guardsInput(guards: Guards | undefined, { api, request }: Omit<Asked, 'neutral'>): boolean {
  if (api.kind !== undefined) return guards?.input !== undefined && isReadable(api.kind, request)
  return guards?.input !== undefined || guards?.['tool-result'] !== undefined
}

/** What traces show of a call that ended before the rules which would have redacted it had read it. */
export const unreadInput = JSON.stringify(
  '[not kept: the call ended before a guardrail that redacts had read it]',
)

/** Whether a rule may take something out of what is asked: until it has, nothing is kept. */
export function mayRedactInput(guards: Guards | undefined, asked: Omit<Asked, 'neutral'>): boolean {
  return redactsInput(guards) && guardsInput(guards, asked)
}

/** Whether some rule takes things out of requests. */
export function redactsInput(guards: Guards | undefined): boolean {
  const rules = [...(guards?.input ?? []), ...(guards?.['tool-result'] ?? [])]
  return rules.some(({ action }) => action === 'redact')
}

/** Checks what is asked, of any API. */
export async function guardInput(
  exchange: Exchange,
  asked: Asked,
  { guards, signal }: { readonly guards: Guards; readonly signal: AbortSignal },
): Promise<GuardedInput> {
  const { api, request } = asked
  if (api.kind === undefined) {
    const {
      request: guarded,
      isChanged,
      error,
    } = await guardRequest(exchange, asked.neutral(), { guards, signal })
    const told = error === undefined ? {} : { error }
    return isChanged ? { ...told, neutral: guarded, shown: JSON.stringify(guarded.messages) } : told
  }
  const rules = guards.input ?? []
  const {
    request: guarded,
    isChanged,
    error,
  } = await guardBody(exchange, request, { kind: api.kind, rules, signal })
  const told = error === undefined ? {} : { error }
  return isChanged ? { ...told, request: guarded, shown: inputBytes(guarded).toString() } : told
}
