import * as contract from '@ratchet/contract'
import { mount, type HttpApp } from '#platform/http/http-app.ts'
import type { Traces } from './traces.ts'

/** Mounts trace and score routes. Fixed paths come first: `{traceId}` would match them too. */
export function mountTracesRoutes(api: HttpApp, traces: Traces): void {
  mount(api, contract.traceFacets, ({ actor, query, signal }) => traces.facets(actor.project, query, signal))
  mount(api, contract.tailTraces, async ({ actor, query, signal }) =>
    traces.tail(actor.project, query, signal),
  )
  mount(api, contract.listTraces, ({ actor, query, signal }) => traces.list(actor.project, query, signal))
  mount(api, contract.getTrace, ({ actor, params, signal }) =>
    traces.show(actor.project, params.traceId, signal),
  )
  mount(api, contract.createScore, async ({ actor, body }) => ({
    score: await traces.addScore(actor.project, { ...body, author: actor.name }),
  }))
  mount(api, contract.listScores, async ({ actor, params }) => ({
    items: await traces.scoresOf(actor.project, params.traceId),
  }))
}
