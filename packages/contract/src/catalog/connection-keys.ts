import { z } from 'zod'
import { defineRoute } from '../define-route.ts'
import { slug, time, uuid } from '../words.ts'

/** Credential of a provider, as far as it may be shown. */
export const connectionKey = z.object({
  id: uuid,
  /** Last four characters. */
  preview: z.string(),
  addedAt: time,
  /** May be some seconds late. */
  lastUsedAt: time.optional(),
})
export type ConnectionKey = z.output<typeof connectionKey>

/** A credential as it is entered: text, or the JSON file of a Google service account. */
export const apiKeyText = z.string().min(1).max(8_000)

const byName = z.object({ name: slug })

export const listConnectionKeys = defineRoute({
  name: 'listConnectionKeys',
  method: 'GET',
  path: '/api/v1/connections/{name}/keys',
  summary: 'List the keys of a connection, oldest first',
  tag: 'catalog',
  permission: 'connection:read',
  params: byName,
  output: z.object({ items: z.array(connectionKey) }),
  errors: ['not_found'],
})

export const addConnectionKey = defineRoute({
  name: 'addConnectionKey',
  method: 'POST',
  path: '/api/v1/connections/{name}/keys',
  summary: 'Add a key to a connection; calls are spread over its keys',
  tag: 'catalog',
  permission: 'connection:write',
  params: byName,
  body: z.object({ apiKey: apiKeyText }),
  output: z.object({ key: connectionKey }),
  errors: ['not_found', 'conflict', 'validation_failed'],
})

export const removeConnectionKey = defineRoute({
  name: 'removeConnectionKey',
  method: 'DELETE',
  path: '/api/v1/connections/{name}/keys/{id}',
  summary: 'Remove a key from a connection; live in the gateway in under a second',
  tag: 'catalog',
  permission: 'connection:write',
  params: z.object({ name: slug, id: uuid }),
  output: z.object({ deleted: z.literal(true) }),
  errors: ['not_found', 'conflict'],
})
