import { AppError, internalPaths, retrieveAnswer, type Source } from '@ratchet/contract'
import { suggestNames } from '@ratchet/core/graph'
import type { RetrieveCall } from '../flows/execution-parts.ts'
import type { ControlClient } from '../runner/control-client.ts'

/** An invocation's view of the indexes: its token, and the versions that its release pins. */
export type IndexPins = {
  readonly token: string
  readonly versions: Readonly<Record<string, string>>
}

/** Finds passages in the version of an index that the release pins. Throws `not_found` for an index it does not pin. */
export async function askControl(
  control: ControlClient,
  pins: IndexPins,
  call: RetrieveCall,
): Promise<Source[]> {
  const version = Object.hasOwn(pins.versions, call.index) ? pins.versions[call.index] : undefined
  if (version === undefined) {
    const names = Object.keys(pins.versions)
    throw new AppError('not_found', {
      message: `This release has no index "${call.index}". ${suggestNames(call.index, names) || `It has: ${names.join(', ') || 'none'}.`}`,
      details: { index: call.index },
    })
  }
  const answer = await control.call({
    path: internalPaths.retrieve,
    token: pins.token,
    signal: call.signal,
    purpose: `Index "${call.index}" cannot be searched`,
    output: retrieveAnswer,
    body: {
      index: call.index,
      version,
      query: call.query,
      top: call.top,
      mode: call.mode,
      traceId: call.parent.traceId,
      parentSpanId: call.parent.spanId,
    },
  })
  return answer.sources
}
