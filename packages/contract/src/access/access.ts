import { z } from 'zod'
import { defineRoute } from '../define-route.ts'
import { pageOf, pageQuery } from '../paging.ts'
import { permission } from './permissions.ts'
import { slug, time, uuid } from '../words.ts'

export const environment = z.object({ name: slug, position: z.number().int() })
export const project = z.object({
  id: uuid,
  name: slug,
  environments: z.array(environment),
  createdAt: time,
})
export type Project = z.output<typeof project>

export const me = defineRoute({
  name: 'me',
  method: 'GET',
  path: '/api/v1/me',
  summary: 'Who is calling, in which project, with which permissions',
  tag: 'access',
  permission: 'project:read',
  output: z.object({
    actor: z.object({ kind: z.enum(['session', 'key', 'internal']), id: z.string(), name: z.string() }),
    project,
    environment: slug.optional(),
    permissions: z.array(permission),
    version: z.string(),
    gatewayUrl: z.string(),
  }),
})

export const listProjects = defineRoute({
  name: 'listProjects',
  method: 'GET',
  path: '/api/v1/projects',
  summary: 'List the projects the caller may enter',
  tag: 'access',
  permission: 'project:read',
  query: pageQuery,
  output: pageOf(project),
})

export const createProject = defineRoute({
  name: 'createProject',
  method: 'POST',
  path: '/api/v1/projects',
  summary: 'Create a project with the three default environments',
  tag: 'access',
  permission: 'project:admin',
  body: z.object({ name: slug }),
  output: z.object({ project }),
  errors: ['conflict', 'forbidden'],
})

/** One-time link that opens the console with a session; valid for ten minutes. */
export const createConsoleLink = defineRoute({
  name: 'createConsoleLink',
  method: 'POST',
  path: '/api/v1/console-links',
  summary: 'Make a one-time link that opens the console signed in',
  tag: 'access',
  permission: 'project:admin',
  output: z.object({ url: z.string(), expiresAt: time }),
})

export const endSession = defineRoute({
  name: 'endSession',
  method: 'DELETE',
  path: '/api/v1/session',
  summary: 'Sign out of the console',
  tag: 'access',
  permission: 'project:read',
  output: z.object({ ended: z.literal(true) }),
})

export const rotateSecrets = defineRoute({
  name: 'rotateSecrets',
  method: 'POST',
  path: '/api/v1/secrets/rotate',
  summary: 'Make a new data key for the project and encrypt every secret with it',
  tag: 'access',
  permission: 'project:admin',
  output: z.object({ keyId: z.string(), reencrypted: z.number().int() }),
})
