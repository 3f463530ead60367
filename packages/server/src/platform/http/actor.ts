import { AppError, type Permission } from '@ratchet/contract'

/** Who is calling, in which project, and what they may do. Made by `authenticate`, trusted from then on. */
export type Actor = {
  readonly kind: 'session' | 'key' | 'internal'
  readonly id: string
  readonly name: string
  readonly project: string
  /** Absent for actors that may act in every environment. */
  readonly environment?: string | undefined
  readonly permissions: ReadonlySet<Permission>
  /** Throws `forbidden`, naming the missing permission, unless the actor holds it. */
  readonly require: (permission: Permission) => void
}

/** Makes an actor that checks its own permissions. */
export function makeActor(parts: Omit<Actor, 'require'>): Actor {
  return {
    ...parts,
    require: (permission) => {
      if (parts.permissions.has(permission)) return
      const held = [...parts.permissions].join(', ') || 'none'
      throw new AppError('forbidden', {
        message: `${parts.kind === 'key' ? `The key "${parts.name}"` : `"${parts.name}"`} needs the permission "${permission}"; it has: ${held}. Use a key with this scope, or ask a project admin.`,
        details: { permission, held: [...parts.permissions] },
      })
    },
  }
}

/** The actor of public routes: nobody. Whatever it is asked for, it has to sign in first. */
export const anonymous: Actor = {
  kind: 'internal',
  id: '',
  name: 'anonymous',
  project: '',
  permissions: new Set(),
  require: () => {
    throw new AppError('unauthenticated', {
      message: 'This needs a signed-in caller. Send "Authorization: Bearer <key>" or open the console link.',
    })
  },
}
