import {
  checkApp,
  getApp,
  getRelease,
  getReleaseFile,
  listApps,
  listReleases,
  pushRelease,
} from '@ratchet/contract'
import { mount, type HttpApp } from '#platform/http/http-app.ts'
import type { Apps } from './make-apps.ts'

/** Mounts apps, releases and their files. */
export function mountAppsRoutes(api: HttpApp, apps: Apps): void {
  mount(api, listApps, ({ actor, query }) => apps.list(actor.project, query))
  mount(api, getApp, async ({ actor, params }) => ({ app: await apps.get(actor.project, params.app) }))
  mount(api, pushRelease, ({ actor, body }) =>
    apps.push({ project: actor.project, author: actor.name }, body),
  )
  mount(api, checkApp, async ({ body }) => ({ issues: apps.check(body.files) }))
  mount(api, listReleases, ({ actor, params, query }) => apps.listReleases(actor.project, params.app, query))
  mount(api, getRelease, ({ actor, params }) => apps.show(actor.project, params.app, params.release))
  mount(api, getReleaseFile, ({ actor, params, query }) =>
    apps.readFile(actor.project, params.app, { release: params.release, path: query.path }),
  )
}
