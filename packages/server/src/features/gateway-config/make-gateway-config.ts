import {
  AppError,
  emptyGatewayConfig,
  type ConfigChange,
  type ConfigDrift,
  type ConfigProblem,
  type ConfigVersion,
  type GatewayConfig,
  type OutputOf,
  type Page,
  type PageQuery,
  type putGatewayConfig,
  type Snapshot,
  type StoredConfig,
  type tryGuardrail,
} from '@ratchet/contract'
import { checkConfig, diffConfig, findUses } from '@ratchet/core/gateway-config'
import type { z } from 'zod'
import type { Actor } from '#platform/http/actor.ts'
import { transaction } from '#platform/postgres/transaction.ts'
import {
  appendVersion,
  findApplied,
  findVersion,
  listNewest,
  listVersionPage,
  lockConfig,
  type StoredVersion,
  type VersionRow,
} from './config-store.ts'
import type { GatewayConfigParts } from './gateway-config-parts.ts'
import { plan, type ConfigPlan, type PlanRequest } from './plan-config.ts'
import { tryOnText, type TriedGuardrail } from './try-guardrail.ts'

/** Configurations of the gateway, one for each project, in versions. */
export type GatewayConfigs = {
  readonly get: (project: string, version?: number) => Promise<StoredConfig>
  /** What was changed since a file was applied; undefined when none was. */
  readonly drift: (project: string) => Promise<ConfigDrift | undefined>
  /** Writes the next version, unless nothing changes. Throws `conflict` when the base is not the newest any more. */
  readonly put: (
    actor: Actor,
    request: z.output<(typeof putGatewayConfig)['body']>,
  ) => Promise<OutputOf<typeof putGatewayConfig>>
  /** Changes nothing. */
  readonly plan: (project: string, request: PlanRequest) => Promise<ConfigPlan>
  /** What a guardrail would do with a text. */
  readonly tryGuardrail: (
    project: string,
    request: z.output<(typeof tryGuardrail)['body']>,
  ) => Promise<TriedGuardrail>
  readonly versions: (project: string, page: PageQuery) => Promise<Page<ConfigVersion>>
  /** The configuration in force. */
  readonly configOf: (project: string) => Promise<GatewayConfig>
  /** What of a project's configuration needs this connection: `route "chat"`. */
  readonly usesOf: (project: string, connection: string) => Promise<string[]>
  readonly configsForSnapshot: () => Promise<Snapshot['gateway']>
  /** Calls the listener after a change that the gateway must know. */
  readonly onChange: (listener: () => void) => void
}

/** Makes the feature. */
export function makeGatewayConfig(parts: GatewayConfigParts): GatewayConfigs {
  const { db, clock, facts } = parts
  const listeners: (() => void)[] = []
  return {
    get: async (project, version) => {
      const stored = version === 0 ? undefined : await findVersion(db, project, version)
      if (stored) return showConfig(stored)
      if (version === undefined || version === 0) return emptyConfig
      throw versionNotFound(version, (await findVersion(db, project))?.version ?? 0)
    },
    drift: async (project) => {
      const applied = await findApplied(db, project)
      if (applied === undefined) return undefined
      const newest = await findVersion(db, project)
      const { config: _, ...shown } = showConfig(applied)
      return { ...shown, changes: diffConfig(applied.config, newest?.config ?? applied.config) }
    },
    put: async (actor, { baseVersion, config, note, file }) => {
      const { project } = actor
      const problems = checkConfig(config, await facts(project))
      refuseErrors(problems)
      const written = await transaction(db, async (trx) => {
        await lockConfig(trx, project)
        const newest = await findVersion(trx, project)
        if ((newest?.version ?? 0) !== baseVersion) {
          const base = baseVersion === 0 ? undefined : await findVersion(trx, project, baseVersion)
          throw changedMeanwhile(baseVersion, base?.config ?? emptyGatewayConfig, newest)
        }
        const changes = diffConfig(newest?.config ?? emptyGatewayConfig, config)
        if (changes.length === 0) return { stored: newest, changes }
        const stored: StoredVersion = {
          project,
          version: baseVersion + 1,
          config,
          note,
          author: actor.name,
          at: new Date(clock.now()),
          changes: changes.length,
          file: file ?? '',
        }
        await appendVersion(trx, stored)
        return { stored, changes }
      })
      if (written.changes.length > 0) listeners.forEach((listener) => listener())
      const shown = written.stored ? showConfig(written.stored) : emptyConfig
      return { ...shown, changes: written.changes, warnings: problems }
    },
    plan: (project, request) => plan(parts, project, request),
    tryGuardrail: async (project, { name, guardrail, text, place }) => {
      if (guardrail !== undefined) return tryOnText(guardrail, text, place)
      const { guardrails } = (await findVersion(db, project))?.config ?? emptyGatewayConfig
      const known = guardrails.find((each) => each.name === name)
      if (known) return tryOnText(known, text, place)
      throw guardrailNotFound(
        name ?? '',
        guardrails.map((each) => each.name),
      )
    },
    versions: async (project, page) => {
      const rows = await listVersionPage(db, project, page)
      return { ...rows, items: rows.items.map(showVersion) }
    },
    configOf: async (project) => (await findVersion(db, project))?.config ?? emptyGatewayConfig,
    usesOf: async (project, connection) => {
      const config = (await findVersion(db, project))?.config ?? emptyGatewayConfig
      return findUses(config, connection)
    },
    configsForSnapshot: async () =>
      (await listNewest(db)).map(({ project, config }) => ({ project, config })),
    onChange: (listener) => void listeners.push(listener),
  }
}

const emptyConfig: StoredConfig = { version: 0, config: emptyGatewayConfig, author: '', note: '' }

function showConfig({ version, config, author, note, at, file }: StoredVersion): StoredConfig {
  return { version, config, author, note, at: at.toISOString(), ...named(file) }
}

function showVersion({ version, author, note, at, changes, file }: VersionRow): ConfigVersion {
  return { version, author, note, at: at.toISOString(), changes, ...named(file) }
}

function named(file: string): { file?: string } {
  return file === '' ? {} : { file }
}

function refuseErrors(problems: readonly ConfigProblem[]): void {
  const errors = problems.filter(({ severity }) => severity === 'error')
  const [first] = errors
  if (!first) return
  const rest = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  const help = first.suggestion === undefined ? '' : ` ${first.suggestion}`
  throw new AppError('validation_failed', {
    message: `The configuration does not fit: ${first.path}: ${first.message}${help}${rest}`,
    details: {
      issues: errors.map(({ path, message }) => ({ field: path, problem: message })),
      problems,
    },
  })
}

/** Names what the other change did, so that a person can see whether it matters. */
function changedMeanwhile(
  baseVersion: number,
  base: GatewayConfig,
  newest: StoredVersion | undefined,
): AppError {
  if (!newest || baseVersion > newest.version) {
    return new AppError('conflict', {
      message: `There is no version ${baseVersion} of the gateway configuration; the newest is ${newest?.version ?? 0}. Read it again with: ratchet gateway show`,
      details: { baseVersion, currentVersion: newest?.version ?? 0 },
    })
  }
  const changes = diffConfig(base, newest.config)
  return new AppError('conflict', {
    message: `The gateway configuration is at version ${newest.version} by now, written by ${newest.author}, and yours was made from version ${baseVersion}. Meanwhile ${describeChanges(changes)}. Read it again, and apply your change to it.`,
    details: { baseVersion, currentVersion: newest.version, author: newest.author, changes },
  })
}

function describeChanges(changes: readonly ConfigChange[]): string {
  if (changes.length === 0) return 'nothing has changed in the end'
  const shown = changes.slice(0, 5).map(({ kind, section, name }) => `${section} "${name}" was ${kind}`)
  return shown.join(', ') + (changes.length > 5 ? ` and ${changes.length - 5} more` : '')
}

function guardrailNotFound(name: string, names: readonly string[]): AppError {
  const known = names.length === 0 ? 'The configuration has none yet.' : `There are: ${names.join(', ')}.`
  return new AppError('not_found', {
    message: `There is no guardrail "${name}". ${known}`,
    details: { name, names },
  })
}

function versionNotFound(version: number, newest: number): AppError {
  return new AppError('not_found', {
    message: `There is no version ${version} of the gateway configuration; ${newest === 0 ? 'none has been written yet' : `the newest is ${newest}`}.`,
    details: { version, newest },
  })
}
