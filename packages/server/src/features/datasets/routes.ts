import * as contract from '@ratchet/contract'
import { mount, type HttpApp } from '#platform/http/http-app.ts'
import type { Datasets } from './datasets.ts'

/** Mounts dataset routes. */
export function mountDatasetsRoutes(api: HttpApp, datasets: Datasets): void {
  mount(api, contract.putDataset, ({ actor, body }) => datasets.put(actor.project, body))
  mount(api, contract.listDatasets, ({ actor, query }) => datasets.list(actor.project, query))
  mount(api, contract.listDatasetItems, ({ actor, params, query }) =>
    datasets.listItems(actor.project, params.name, query),
  )
}
