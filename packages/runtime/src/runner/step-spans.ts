import type { RunnerRequest } from '@ratchet/contract'
import { makeSpanRecord, type Spool } from '@ratchet/spool'
import type { StepSpan } from '../flows/execution-parts.ts'

/** The spans of one run on their way to disk. */
export type StepSpans = {
  readonly record: (span: StepSpan) => void
  /** Resolves once every span recorded so far is in the spool (or counted as dropped). */
  readonly committed: () => Promise<void>
}

/** Completes each step's span with what the run says about itself, and appends it to the spool. */
export function makeStepSpans(spool: Pick<Spool, 'append'>, request: RunnerRequest): StepSpans {
  let pending = 0
  let waiting: (() => void)[] = []
  const settle = (): void => {
    pending -= 1
    if (pending > 0) return
    for (const resolve of waiting) resolve()
    waiting = []
  }
  return {
    record: (span) => {
      pending += 1
      spool.append(complete(span, request), settle)
    },
    committed: () =>
      pending === 0 ? Promise.resolve() : new Promise<void>((resolve) => waiting.push(resolve)),
  }
}

function complete(span: StepSpan, request: RunnerRequest) {
  return makeSpanRecord({
    project: request.project,
    environment: request.environment,
    traceId: request.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId === '' ? request.parentSpanId : span.parentSpanId,
    isLocalRoot: false,
    name: span.name,
    type: span.type,
    startUs: Math.max(0, Math.round(span.startUs)),
    durationUs: Math.max(0, Math.round(span.durationUs)),
    firstTokenUs: Math.max(0, Math.round(span.firstTokenUs)),
    status: span.status,
    errorCode: span.errorCode,
    errorMessage: span.errorMessage.slice(0, 2_000),
    model: span.model ?? '',
    app: request.app,
    release: request.release.label,
    deployment: request.deployment,
    arm: request.arm,
    prompt: span.prompt ?? '',
    sessionId: request.sessionId,
    userId: request.userId,
    keyId: request.keyId,
    input: span.input,
    output: span.output,
    attributes: JSON.stringify(span.attributes ?? {}),
  })
}
