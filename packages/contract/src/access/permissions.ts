import { z } from 'zod'

/** What an actor may do, as `resource:action`. Scopes of API keys are subsets of this list. */
export const permissions = [
  'project:read',
  'project:admin',
  'key:read',
  'key:write',
  'connection:read',
  'connection:write',
  'gateway:read',
  'gateway:write',
  'model:invoke',
  'app:read',
  'app:write',
  'deployment:read',
  'deployment:write',
  'trace:read',
  'trace:write',
  'evaluation:read',
  'evaluation:write',
  'index:read',
  'index:write',
  'job:read',
  'job:write',
] as const
export const permission = z.enum(permissions)
export type Permission = (typeof permissions)[number]

/** Named sets of permissions that keys are usually created with. */
export const scopeSets = {
  /** Everything in the project. */
  admin: permissions,
  /** Call models and apps, nothing else: what a deployed client needs. */
  invoke: ['model:invoke'],
  /** Read everything, change nothing. */
  read: permissions.filter((name) => name.endsWith(':read')),
} as const satisfies Record<string, readonly Permission[]>
export type ScopeSet = keyof typeof scopeSets
