import {
  addConnectionKey,
  createConnection,
  deleteConnection,
  listConnectionKeys,
  listConnections,
  listModels,
  removeConnectionKey,
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
  mount(api, listConnectionKeys, async ({ actor, params }) => ({
    items: await catalog.listKeys(actor.project, params.name),
  }))
  mount(api, addConnectionKey, async ({ actor, params, body }) => ({
    key: await catalog.addKey(actor.project, params.name, body.apiKey),
  }))
  mount(api, removeConnectionKey, async ({ actor, params }) => {
    await catalog.removeKey(actor.project, params.name, params.id)
    return { deleted: true as const }
  })
  mount(api, listModels, async ({ actor }) => ({
    items: await catalog.listModels(actor.project, actor.environment),
  }))
}
