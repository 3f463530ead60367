import {
  leanConfig,
  getGatewayConfig,
  getGatewayConfigVersion,
  listGatewayConfigVersions,
  putGatewayConfig,
  type ConfigDrift,
  type StoredConfig,
} from '@ratchet/contract'
import type { Command } from 'commander'
import { stringify } from 'yaml'
import { renderChanges } from '../../gateway-file/render-changes.ts'
import { wholeNumber } from '../../input-values.ts'
import { formatAge } from '../../render/figures.ts'
import { act, addNoun, addVerb, type Program, type Run } from '../../verb.ts'
import { addState } from './state.ts'

const readVersion = wholeNumber('The version', 0, 2_147_483_647)

export function addGateway(parent: Command, program: Program): void {
  const gateway = addNoun(parent, 'gateway', 'Configuration of the gateway in versions, and its state')
  addVerb(gateway, 'show [version]', {
    summary: 'Print the configuration in force, or an earlier version, as a file that can be applied',
    examples: ['gateway show', 'ratchet gateway show > gateway.yaml', 'gateway show 3'],
  }).action(act(program, show))
  addVerb(gateway, 'history', {
    summary: 'List versions of the configuration, newest first',
    examples: ['gateway history', 'gateway history --limit 5 --json'],
  })
    .option('-n, --limit <count>', 'rows', wholeNumber('--limit', 1, 200), 20)
    .action(act(program, history))
  addVerb(gateway, 'rollback <version>', {
    summary: 'Go back to an earlier version; the history keeps both',
    examples: ['gateway rollback 3'],
  }).action(act(program, rollback))
  addState(gateway, program)
}

async function show(run: Run, written: string | undefined): Promise<void> {
  const version = written === undefined ? undefined : readVersion(written)
  const { signal } = run.io
  const stored: StoredConfig & { lastApplied?: ConfigDrift | undefined } = await run.withServer(
    ({ client }) =>
      version === undefined
        ? client.call(getGatewayConfig, { signal })
        : client.call(getGatewayConfigVersion, { params: { version }, signal }),
  )
  run.output.result(stored, () => {
    const { author, at, note } = stored
    const origin = at === undefined ? '' : `, by ${author} at ${at}${note === '' ? '' : `: ${note}`}`
    const lean = leanConfig(stored.config)
    const text = Object.keys(lean).length === 0 ? '' : stringify(lean, { lineWidth: 110 })
    const drift = describeDrift(stored.lastApplied)
    return `# Version ${stored.version} of the gateway configuration${origin}\n${drift}${text}`
  })
}

/** A comment, so that the output stays a file. */
function describeDrift(applied: ConfigDrift | undefined): string {
  if (applied === undefined || applied.changes.length === 0) return ''
  const { version, file = '', author, changes } = applied
  const shown = changes.slice(0, 5).map(({ kind, section, name }) => `${section} ${name} ${kind}`)
  const more = changes.length > shown.length ? `, ${changes.length - shown.length} more` : ''
  return `# Differs from ${file}, which ${author} applied as version ${version}: ${shown.join(', ')}${more}\n`
}

async function history(run: Run, { limit }: { limit: number }): Promise<void> {
  const { output, io } = run
  const page = await run.withServer(({ client }) =>
    client.call(listGatewayConfigVersions, { query: { limit }, signal: io.signal }),
  )
  const now = Date.now()
  output.result(page, () => {
    if (page.items.length === 0)
      return 'Nothing was configured yet. Write a gateway.yaml, then: ratchet apply'
    return output.table(page.items, [
      { title: 'VERSION', cell: ({ version }) => String(version), paint: output.paint.bold, align: 'right' },
      { title: 'CHANGES', cell: ({ changes }) => String(changes), align: 'right' },
      { title: 'BY', cell: ({ author }) => author },
      { title: 'WHEN', cell: ({ at }) => (at === undefined ? '' : formatAge(at, now)) },
      { title: 'FILE', cell: ({ file }) => file ?? '' },
      { title: 'NOTE', cell: ({ note }) => note, flexible: true },
    ])
  })
}

async function rollback(run: Run, written: string): Promise<void> {
  const target = readVersion(written)
  const { signal } = run.io
  const answer = await run.withServer(async ({ client }) => {
    const [current, earlier] = await Promise.all([
      client.call(getGatewayConfig, { signal }),
      client.call(getGatewayConfigVersion, { params: { version: target }, signal }),
    ])
    const note = `Back to version ${target}`
    const body = { baseVersion: current.version, config: earlier.config, note }
    return client.call(putGatewayConfig, { body, signal })
  })
  const { version, changes, warnings } = answer
  const { paint } = run.output
  run.output.result({ version, from: target, changes, warnings }, () =>
    changes.length === 0
      ? `Nothing to change: version ${version} is the same as version ${target}.`
      : `${renderChanges(changes, paint)}\n${paint.bold(`The gateway is at version ${version}, as it was at version ${target}.`)}`,
  )
}
