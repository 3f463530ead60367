import { z } from 'zod'
import { gatewayConfig } from './gateway-config.ts'
import { provider } from '../providers/providers.ts'
import { slug } from '../words.ts'

/** Where a credential comes from: never the credential itself, because files are shared. */
export const keyReference = z
  .string()
  .regex(
    /^env:[A-Za-z_][A-Za-z0-9_]{0,199}$/,
    'write env:NAME; the key itself never stands in a file, it is read from that variable',
  )

/** A connection as a file describes it. */
export const fileConnection = z
  .object({
    name: slug,
    provider,
    baseUrl: z.url({ protocol: /^https?$/ }).optional(),
    settings: z.record(z.string().max(64), z.string().max(500)).default({}),
    key: keyReference.optional(),
    /** Several keys, over which calls are spread. */
    keys: z.array(keyReference).max(50).default([]),
    allowPrivate: z.boolean().default(false),
  })
  .strict()
export type FileConnection = z.output<typeof fileConnection>

/** `gateway.yaml`: the whole configuration of the gateway, and connections that it needs. */
export const gatewayFile = z
  .object({ ...gatewayConfig.shape, connections: z.array(fileConnection).max(200).default([]) })
  .strict()
export type GatewayFile = z.output<typeof gatewayFile>

/** What has to happen to a connection so that it is as the file says. Keys are compared by whoever holds them. */
export const connectionChange = z.object({
  name: slug,
  kind: z.enum(['added', 'changed', 'same', 'found-at-start']),
  fields: z.array(z.object({ path: z.string(), before: z.json().optional(), after: z.json().optional() })),
  /** Ends of the keys that the connection has. */
  keyPreviews: z.array(z.string()),
})
export type ConnectionChange = z.output<typeof connectionChange>
