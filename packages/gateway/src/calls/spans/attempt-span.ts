import type { AttemptRun } from '../attempt-run.ts'
import type { CallSpan } from './call-span.ts'

/** The span of an attempt that was not the last one: why it was made, how it ended, and what came after it. */
export function describeAttemptSpan(
  span: CallSpan,
  run: AttemptRun,
  { number, next }: { readonly number: number; readonly next: string },
): CallSpan {
  const attributes = {
    attempt: number,
    reason: run.reason,
    next,
    ...(run.httpStatus > 0 ? { http_status: run.httpStatus } : {}),
    ...(run.credentialId === undefined ? {} : { credential: run.credentialId }),
  }
  // The question stands in the call's own span.
  return { ...span, name: `attempt ${span.name}`, input: '', attributes: JSON.stringify(attributes) }
}
