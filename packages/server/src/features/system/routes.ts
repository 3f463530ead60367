import { getLoop, getStatus, replayTelemetry, type OutputOf } from '@ratchet/contract'
import { mount, type HttpApp } from '#platform/http/http-app.ts'
import { describeLoop, type LoopFacts } from './loop.ts'

type Status = OutputOf<typeof getStatus>

export type SystemParts = {
  /** Everything of the status but nothing that changes with each call, so that its ETag means something. */
  readonly status: () => Promise<Status>
  readonly loopFacts: (project: string, signal: AbortSignal) => Promise<LoopFacts>
  readonly replay: (signal: AbortSignal) => Promise<OutputOf<typeof replayTelemetry>>
}

/** Mounts status, loop and replay. */
export function mountSystemRoutes(api: HttpApp, parts: SystemParts): void {
  mount(api, getStatus, () => parts.status())
  mount(api, getLoop, async ({ actor, signal }) => describeLoop(await parts.loopFacts(actor.project, signal)))
  mount(api, replayTelemetry, ({ signal }) => parts.replay(signal))
}
