import { z } from 'zod'
import { defineRoute } from '../define-route.ts'
import { pageOf, pageQuery } from '../paging.ts'
import { permission, permissions } from './permissions.ts'
import { slug, time, uuid } from '../words.ts'

const keyShape = /^rk_([A-Za-z0-9]{4,32})_([A-Za-z0-9_-]{16,128})$/

/** Splits `rk_<public>_<secret>`; undefined when the text is not a key. */
export function parseKey(text: string): { publicId: string; secret: string } | undefined {
  const match = keyShape.exec(text)
  return match?.[1] && match[2] ? { publicId: match[1], secret: match[2] } : undefined
}

export const apiKey = z.object({
  id: uuid,
  name: z.string(),
  /** `rk_<public>_…` : enough to recognise a key, useless to call with. */
  preview: z.string(),
  environment: slug,
  scopes: z.array(permission),
  createdBy: z.string(),
  createdAt: time,
  expiresAt: time.optional(),
  lastUsedAt: time.optional(),
  revokedAt: time.optional(),
  state: z.enum(['active', 'expired', 'revoked']),
})
export type ApiKey = z.output<typeof apiKey>

export const listKeys = defineRoute({
  name: 'listKeys',
  method: 'GET',
  path: '/api/v1/keys',
  summary: 'List API keys, newest first, or those that a search finds',
  tag: 'access',
  permission: 'key:read',
  query: pageQuery.extend({
    /** Part of a name in any case, the beginning of a key (`rk_…`), or an id. */
    search: z.string().max(100).optional(),
  }),
  output: pageOf(apiKey),
})

export const createKey = defineRoute({
  name: 'createKey',
  method: 'POST',
  path: '/api/v1/keys',
  summary: 'Create an API key; its secret is in this answer only',
  tag: 'access',
  permission: 'key:write',
  body: z.object({
    name: z.string().trim().min(1).max(100),
    environment: slug.default('development'),
    scopes: z.array(z.enum(permissions)).min(1).default(['model:invoke']),
    expiresAt: time.optional(),
  }),
  output: z.object({ key: apiKey, secret: z.string() }),
  errors: ['validation_failed', 'not_found', 'forbidden'],
})

export const revokeKey = defineRoute({
  name: 'revokeKey',
  method: 'DELETE',
  path: '/api/v1/keys/{id}',
  summary: 'Revoke an API key; live in the gateway in under a second',
  tag: 'access',
  permission: 'key:write',
  params: z.object({ id: uuid }),
  output: z.object({ key: apiKey }),
  errors: ['not_found'],
})
