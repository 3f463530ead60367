import { z } from 'zod'
import { defineRoute } from '../define-route.ts'
import { gatewayConfig } from './gateway-config.ts'
import { connectionChange, fileConnection } from './gateway-file.ts'
import { pageOf, pageQuery } from '../paging.ts'
import { time } from '../words.ts'

/** Something that differs between two configurations: a route, a limit, a price, and which of its fields. */
export const configChange = z.object({
  kind: z.enum(['added', 'changed', 'removed']),
  /** Part of the configuration, such as `routes`. */
  section: z.string(),
  /** Name of the item; for prices the model. */
  name: z.string(),
  /** Of a changed item: paths such as `targets[1].weight`; a side that has no such field is absent. */
  fields: z.array(z.object({ path: z.string(), before: z.json().optional(), after: z.json().optional() })),
  /** The item before, unless it is added. */
  before: z.json().optional(),
  /** The item after, unless it is removed. */
  after: z.json().optional(),
})
export type ConfigChange = z.output<typeof configChange>

/** A configuration that does not fit itself or the project; one with errors is refused. */
export const configProblem = z.object({
  severity: z.enum(['error', 'warning']),
  /** Place in the configuration: `routes[0].targets[1].model`. */
  path: z.string(),
  message: z.string(),
  suggestion: z.string().optional(),
  /** Place in the file, when the configuration was read from one. */
  line: z.number().int().optional(),
  column: z.number().int().optional(),
})
export type ConfigProblem = z.output<typeof configProblem>

const version = z.number().int().min(0)
const origin = {
  /** Who wrote it; empty for version 0, which every project begins with and which is empty. */
  author: z.string(),
  note: z.string(),
  at: time.optional(),
  /** Name of the file that it was applied from; absent when it was changed another way. */
  file: z.string().optional(),
}

export const configVersion = z.object({ version, ...origin, changes: z.number().int() })
export type ConfigVersion = z.output<typeof configVersion>

export const storedConfig = z.object({ version, config: gatewayConfig, ...origin })
export type StoredConfig = z.output<typeof storedConfig>

/** The newest version that came from a file, and what was changed since: nothing, when the file is what is live. */
export const configDrift = z.object({ version, ...origin, changes: z.array(configChange) })
export type ConfigDrift = z.output<typeof configDrift>

export const getGatewayConfig = defineRoute({
  name: 'getGatewayConfig',
  method: 'GET',
  path: '/api/v1/gateway/config',
  summary: 'Show the configuration of the gateway, and what differs from the file that was applied last',
  tag: 'gateway',
  permission: 'gateway:read',
  output: storedConfig.extend({
    /** Absent when no file was applied yet. */
    lastApplied: configDrift.optional(),
  }),
})

export const putGatewayConfig = defineRoute({
  name: 'putGatewayConfig',
  method: 'PUT',
  path: '/api/v1/gateway/config',
  summary: 'Replace the configuration of the gateway; live in under a second',
  tag: 'gateway',
  permission: 'gateway:write',
  body: z.object({
    /** The version that was read before it was changed: another one in between is a conflict. */
    baseVersion: version,
    config: gatewayConfig,
    note: z.string().trim().max(500).default(''),
    /** Name of the file that the configuration is all of: what differs later is shown as drift. */
    file: z.string().trim().min(1).max(1_000).optional(),
  }),
  output: z.object({
    ...storedConfig.shape,
    /** What differs from the version before; when nothing does, no version is made. */
    changes: z.array(configChange),
    warnings: z.array(configProblem),
  }),
  errors: ['conflict', 'validation_failed'],
})

export const planGatewayConfig = defineRoute({
  name: 'planGatewayConfig',
  method: 'POST',
  path: '/api/v1/gateway/config/plan',
  summary: 'Say what a configuration would change, and what is wrong with it',
  tag: 'gateway',
  permission: 'gateway:read',
  body: z
    .object({
      config: gatewayConfig.optional(),
      /** A gateway file, as YAML or JSON; problems then name line and column. */
      text: z.string().max(2_000_000).optional(),
      /** Name of the file, for messages. */
      file: z.string().max(1_000).default('gateway.yaml'),
    })
    .refine(({ config, text }) => (config === undefined) !== (text === undefined), {
      path: ['config'],
      message: 'give either "config" or "text"',
    }),
  output: z.object({
    /** The version that the changes are counted from. */
    baseVersion: version,
    /** What a file says, with everything that it leaves out; absent when its form is wrong. */
    config: gatewayConfig.optional(),
    connections: z.array(fileConnection),
    changes: z.array(configChange),
    connectionChanges: z.array(connectionChange),
    problems: z.array(configProblem),
  }),
  errors: ['validation_failed'],
})

export const listGatewayConfigVersions = defineRoute({
  name: 'listGatewayConfigVersions',
  method: 'GET',
  path: '/api/v1/gateway/config/versions',
  summary: 'List versions of the gateway configuration, newest first',
  tag: 'gateway',
  permission: 'gateway:read',
  query: pageQuery,
  output: pageOf(configVersion),
})

export const getGatewayConfigVersion = defineRoute({
  name: 'getGatewayConfigVersion',
  method: 'GET',
  path: '/api/v1/gateway/config/versions/{version}',
  summary: 'Show one version of the gateway configuration',
  tag: 'gateway',
  permission: 'gateway:read',
  params: z.object({ version: z.coerce.number().int().min(0).max(2_147_483_647) }),
  output: storedConfig,
  errors: ['not_found'],
})
