import * as contract from '@ratchet/contract'
import { mount, type HttpApp } from '#platform/http/http-app.ts'
import type { Retrieval } from './retrieval.ts'

/** Mounts the index routes. The runner's own route is mounted by control on its internal socket. */
export function mountRetrievalRoutes(api: HttpApp, retrieval: Retrieval): void {
  mount(api, contract.listIndexes, async ({ actor, query }) => ({
    items: await retrieval.list(actor.project, query.limit),
  }))
  mount(api, contract.searchIndex, ({ actor, params, body, signal }) =>
    retrieval.search(
      {
        project: actor.project,
        environment: actor.environment ?? 'development',
        keyId: actor.id,
        signal,
      },
      { ...body, name: params.name },
    ),
  )
}
