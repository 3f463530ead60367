import {
  createConnection,
  deleteConnection,
  listConnections,
  listModels,
  testConnection,
  updateConnection,
} from '@ratchet/contract'
import { mount, type HttpApp } from '#platform/http/http-app.ts'
import type { Catalog } from './make-catalog.ts'

/** Mounts connections and models. */
export function mountCatalogRoutes(api: HttpApp, catalog: Catalog): void {
  mount(api, listConnections, ({ actor, query }) => catalog.list(actor.project, query))
  mount(api, createConnection, async ({ actor, body }) => ({
    connection: await catalog.create(actor.project, body),
  }))
  mount(api, updateConnection, async ({ actor, params, body }) => ({
    connection: await catalog.update(actor.project, params.name, body),
  }))
  mount(api, deleteConnection, async ({ actor, params }) => {
    await catalog.remove(actor.project, params.name)
    return { deleted: true as const }
  })
  mount(api, testConnection, ({ actor, params, signal }) => catalog.test(actor.project, params.name, signal))
  mount(api, listModels, async ({ actor }) => ({
    items: await catalog.listModels(actor.project, actor.environment),
  }))
}
