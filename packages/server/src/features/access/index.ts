/**
 * Access: projects with their environments, API keys, console sessions.
 * Decides who is calling and in which project; every other feature trusts the actor it gets.
 * Project-bound actors never leave their project; operator keys and operator sessions may enter every one.
 */
export { makeAccess, type Access, type AccessParts } from './make-access.ts'
export { accessMigrations } from './migrations.ts'
export { requireEnvironment } from './require-environment.ts'
export { mountAccessRoutes } from './routes.ts'
