import {
  createConsoleLink,
  createKey,
  createProject,
  endSession,
  listKeys,
  listProjects,
  me,
  revokeKey,
  rotateSecrets,
} from '@ratchet/contract'
import { mount, mountRaw, type HttpApp } from '#platform/http/http-app.ts'
import type { Access } from './make-access.ts'
import { linkFailedResponse, openedResponse } from './open-page.ts'

/** Mounts projects, keys, sessions, and `/open?token=`, which a console link points to. */
export function mountAccessRoutes(api: HttpApp, access: Access): void {
  mount(api, me, ({ actor }) => access.me(actor))
  mount(api, listProjects, ({ actor, query }) => access.listProjects(actor, query))
  mount(api, createProject, async ({ actor, body }) => ({
    project: await access.createProject(actor, body.name),
  }))
  mount(api, createConsoleLink, ({ actor }) => access.createConsoleLink(actor))
  mount(api, endSession, async ({ actor, headers }) => {
    for (const cookie of await access.endSession(actor)) headers.append('set-cookie', cookie)
    return { ended: true as const }
  })
  mount(api, rotateSecrets, ({ actor }) => access.rotateSecrets(actor))
  mount(api, listKeys, ({ actor, query }) => access.keys.list(actor.project, query))
  mount(api, createKey, ({ actor, body }) => access.keys.create(actor, body))
  mount(api, revokeKey, async ({ actor, params }) => ({
    key: await access.keys.revoke(actor.project, params.id),
  }))
  mountRaw(api, { method: 'GET', path: '/open', permission: 'public' }, async ({ request }) => {
    const token = new URL(request.url).searchParams.get('token') ?? ''
    const setCookie = await access.openConsole(request, token)
    return setCookie === undefined ? linkFailedResponse() : openedResponse(setCookie)
  })
}
