import { AppError, isAppError, type InvocationEvent, type RunnerRequest } from '@ratchet/contract'
import type { Spool } from '@ratchet/spool'
import type { ExecutionParts } from '../flows/execution-parts.ts'
import { runEntry } from '../flows/run-entry.ts'
import type { Log } from '../log.ts'
import type { GatewayClient } from '../models/call-gateway.ts'
import type { LoadedRelease } from '../releases/loaded-releases.ts'
import { askControl } from '../retrieval/ask-control.ts'
import type { Sandbox } from '../sandbox/index.ts'
import { runTool } from '../tools/run-tool.ts'
import type { ControlClient } from './control-client.ts'
import { newSpanId, nowUs } from './run-clock.ts'
import { makeStepSpans, type StepSpans } from './step-spans.ts'

/** What runs share. */
export type InvocationParts = {
  readonly gateway: GatewayClient
  readonly control: ControlClient
  readonly sandbox: Sandbox
  readonly spool: Pick<Spool, 'append'>
  readonly log: Log
}

/** One run, with its release at hand. */
export type Invocation = {
  readonly request: RunnerRequest
  readonly release: LoadedRelease
  readonly signal: AbortSignal
  readonly send: (event: InvocationEvent) => void
}

type LastEvent = Extract<InvocationEvent, { type: 'finished' | 'failed' }>

/**
 * Runs the entry of a release. Sends events as they happen; the last one only after every span of the run is in
 * the spool, so that nothing a caller was told about is lost. Never throws.
 */
export async function runInvocation(parts: InvocationParts, invocation: Invocation): Promise<void> {
  const { request, release, signal, send } = invocation
  const spans = makeStepSpans(parts.spool, request)
  let last: LastEvent | undefined
  const emit = (event: InvocationEvent): void => {
    if (event.type === 'failed' && event.error.code === 'internal') {
      parts.log.error(
        { error: event.error.message, traceId: request.traceId, app: request.app },
        'a run failed',
      )
    }
    if (event.type === 'finished' || event.type === 'failed') last ??= event
    else if (last === undefined) send(event)
  }
  try {
    await runEntry(
      release.app,
      {
        messages: request.messages,
        inputs: request.inputs,
        entry: request.entry,
        parent: { traceId: request.traceId, spanId: request.parentSpanId },
        signal,
      },
      makeExecutionParts(parts, invocation, { emit, spans }),
    )
  } catch (error) {
    last ??= failedEvent(error, parts.log, request)
  }
  await spans.committed()
  send(last ?? failedEvent(new Error('the run ended without a result'), parts.log, request))
}

function makeExecutionParts(
  parts: InvocationParts,
  { request, release }: Invocation,
  out: { readonly emit: (event: InvocationEvent) => void; readonly spans: StepSpans },
): ExecutionParts {
  const { token, sessionId, userId } = request
  return {
    callModel: (call) => parts.gateway.callModel({ token, sessionId, userId }, call),
    retrieve: (call) => askControl(parts.control, { token, versions: release.indexes }, call),
    runTool: (call) => runTool(parts.sandbox, release, call),
    emit: out.emit,
    recordSpan: out.spans.record,
    newSpanId,
    nowUs,
  }
}

/** What a failure looks like to the caller; one that is not ours is a mistake of ours and goes into the log. */
function failedEvent(error: unknown, log: Log, request: RunnerRequest): LastEvent {
  const known = isAppError(error)
    ? error
    : new AppError('internal', { message: 'The runner failed; its log says why.', cause: error })
  if (known.code === 'internal')
    log.error({ error, traceId: request.traceId, app: request.app }, 'a run failed')
  const { code, message, details } = known
  return { type: 'failed', error: { code, message, ...(Object.keys(details).length > 0 ? { details } : {}) } }
}
