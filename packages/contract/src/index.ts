/**
 * Words on the wire: zod schemas, route records, error codes, permissions.
 * Server, SDK, CLI and console all speak from here; nothing else is shared between them.
 */
export * from './access.ts'
export * from './apps.ts'
export * from './catalog.ts'
export * from './define-route.ts'
export * from './errors.ts'
export * from './evaluations.ts'
export * from './indexes.ts'
export * from './internal.ts'
export * from './invocations.ts'
export * from './jobs.ts'
export * from './keys.ts'
export * from './paging.ts'
export * from './permissions.ts'
export * from './routes.ts'
export * from './system.ts'
export * from './traces.ts'
export * from './words.ts'
