import { z } from 'zod'
import { apiKeyText, connectionKey } from './connection-keys.ts'
import { defineRoute } from '../define-route.ts'
import { modelPrice } from './model-price.ts'
import { knownAbilities } from './model-abilities.ts'
import { pageOf, pageQuery } from '../paging.ts'
import { provider } from '../providers/providers.ts'
import { slug, time, uuid } from '../words.ts'

export const connection = z.object({
  id: uuid,
  name: slug,
  provider,
  baseUrl: z.string().optional(),
  /** What the provider needs besides, such as a region: see `providerTable`. */
  settings: z.record(z.string(), z.string()),
  keys: z.array(connectionKey),
  /** Last four characters of the first key; absent when there is none. */
  keyPreview: z.string().optional(),
  allowPrivate: z.boolean(),
  /** `environment`: found in an environment variable at start; change it there. */
  origin: z.enum(['stored', 'environment', 'built-in']),
  createdAt: time,
  lastTest: z.object({ ok: z.boolean(), message: z.string(), latencyMs: z.number(), at: time }).optional(),
})
export type Connection = z.output<typeof connection>

export const model = z.object({
  /** `connection/model`, as callers write it. */
  id: z.string(),
  connection: slug,
  kind: z.enum(['chat', 'embedding', 'other']),
  price: modelPrice.optional(),
  note: z.string().optional(),
  ...knownAbilities.shape,
})
export type Model = z.output<typeof model>

/** Settings of a connection by name; which there are, `providerTable` says. */
export const connectionSettings = z.record(z.string().max(64), z.string().trim().max(500))

export const listConnections = defineRoute({
  name: 'listConnections',
  method: 'GET',
  path: '/api/v1/connections',
  summary: 'List connections to model providers',
  tag: 'catalog',
  permission: 'connection:read',
  query: pageQuery,
  output: pageOf(connection),
})

export const createConnection = defineRoute({
  name: 'createConnection',
  method: 'POST',
  path: '/api/v1/connections',
  summary: 'Add a connection; its credential is encrypted and never shown again',
  tag: 'catalog',
  permission: 'connection:write',
  body: z.object({
    name: slug,
    provider,
    /** Without one, the public address of the provider counts. */
    baseUrl: z.url({ protocol: /^https?$/ }).optional(),
    settings: connectionSettings.default({}),
    apiKey: apiKeyText.optional(),
    /** Allow loopback and private addresses, for model servers on your own network. */
    allowPrivate: z.boolean().default(false),
  }),
  output: z.object({ connection }),
  errors: ['conflict', 'address_forbidden', 'validation_failed'],
})

const byName = z.object({ name: slug })

export const updateConnection = defineRoute({
  name: 'updateConnection',
  method: 'PATCH',
  path: '/api/v1/connections/{name}',
  summary: 'Change address, settings or credential of a connection',
  tag: 'catalog',
  permission: 'connection:write',
  params: byName,
  body: z.object({
    baseUrl: z.url({ protocol: /^https?$/ }).optional(),
    /** Changes those that are named; an empty text removes one. */
    settings: connectionSettings.optional(),
    /** Takes the place of every key that the connection has. */
    apiKey: apiKeyText.optional(),
    allowPrivate: z.boolean().optional(),
  }),
  output: z.object({ connection }),
  errors: ['not_found', 'address_forbidden', 'conflict', 'validation_failed'],
})

export const deleteConnection = defineRoute({
  name: 'deleteConnection',
  method: 'DELETE',
  path: '/api/v1/connections/{name}',
  summary: 'Remove a connection',
  tag: 'catalog',
  permission: 'connection:write',
  params: byName,
  output: z.object({ deleted: z.literal(true) }),
  errors: ['not_found', 'conflict'],
})

export const testConnection = defineRoute({
  name: 'testConnection',
  method: 'POST',
  path: '/api/v1/connections/{name}/test',
  summary: 'Ask the provider for its models and report what came back',
  tag: 'catalog',
  permission: 'connection:write',
  params: byName,
  output: z.object({
    ok: z.boolean(),
    message: z.string(),
    latencyMs: z.number(),
    models: z.array(z.string()),
  }),
  errors: ['not_found'],
})

export const listModels = defineRoute({
  name: 'listModels',
  method: 'GET',
  path: '/api/v1/models',
  summary: 'List known models and deployed apps of the environment',
  tag: 'catalog',
  permission: 'connection:read',
  output: z.object({ items: z.array(model) }),
})
