import { AppError, gatewayFile, type GatewayFile } from '@ratchet/contract'
import { z } from 'zod'
import { ImportReport, type ReportLine } from './import-report.ts'
import { liteLlmConfig, type Deployment, type LiteLlmConfig } from './litellm-config.ts'
import { ConnectionCollector, type Target } from './translate-connections.ts'
import { translatePrices } from './translate-prices.ts'
import { routeNameOf, translateRoutes, type FileInput } from './translate-routes.ts'
import { translateSettings } from './translate-settings.ts'

export type Translation = { readonly file: GatewayFile; readonly report: readonly ReportLine[] }

/**
 * Translates `config.yaml` of LiteLLM's proxy. Every setting of the file is in the report, with what became of it.
 * Throws `validation_failed` for what is no such file.
 */
export function translateConfig(
  source: unknown,
  environment: Readonly<Record<string, string | undefined>>,
): Translation {
  const parsed = liteLlmConfig.safeParse(source)
  if (!parsed.success || (parsed.data.model_list ?? []).length === 0) {
    const [issue] = parsed.error?.issues ?? []
    const where = issue ? ` ${issue.path.join('.')}: ${issue.message}.` : ''
    throw new AppError('validation_failed', {
      message: `This is no configuration of LiteLLM's proxy: it needs a "model_list" of entries with "model_name" and "litellm_params.model".${where}`,
      details: {
        issues:
          parsed.error?.issues.map(({ path, message }) => ({ field: path.join('.'), problem: message })) ??
          [],
      },
    })
  }
  const config = parsed.data
  const report = new ImportReport()
  const collector = new ConnectionCollector(report, environment)
  const groups = collectGroups(config, collector, report)
  const targets = [...groups.values()].flat()
  const routes = translateRoutes(config, groups, report)
  const input: FileInput = {
    connections: collector.connections,
    routes: uniqueNames(routes, report),
    prices: translatePrices(targets, report),
    ...translateSettings(config, routes, report),
  }
  noteOthers(config, report)
  return { file: gatewayFile.parse(input), report: report.lines(source) }
}

/** Deployments by the name that clients ask for. */
function collectGroups(
  config: LiteLlmConfig,
  collector: ConnectionCollector,
  report: ImportReport,
): Map<string, Target[]> {
  const groups = new Map<string, Target[]>()
  config.model_list?.forEach((entry, index) => {
    const path = ['model_list', index]
    const deployment = withCredential(entry, config, path, report)
    const target = collector.add(deployment, path)
    const { model_name: name } = deployment
    report.settle([...path, 'model_name'])
    noteModelInfo(deployment, path, report)
    if (target === undefined) return
    if (name.includes('*') || deployment.litellm_params.model.includes('*')) {
      const [connection] = target.model.split('/')
      report.add(
        'adapted',
        [...path, 'model_name'],
        `Every model of the connection can be called as "${connection}/<model>", so "${name}" needs no route.`,
      )
      return
    }
    const members = groups.get(name) ?? []
    groups.set(name, [...members, target])
    if (routeNameOf(name) !== name) {
      report.add(
        'adapted',
        [...path, 'model_name'],
        `A name with a slash is one of a connection, so clients ask for "${routeNameOf(name)}" instead of "${name}".`,
      )
    } else report.add('translated', [...path, 'model_name'], `Route "${name}".`)
  })
  return groups
}

const credentialList = z
  .array(z.looseObject({ credential_name: z.string(), credential_values: z.record(z.string(), z.unknown()) }))
  .catch([])

/** `litellm_credential_name` names an entry of `credential_list`. */
function withCredential(
  entry: Deployment,
  config: LiteLlmConfig,
  path: readonly (string | number)[],
  report: ImportReport,
): Deployment {
  const name = entry.litellm_params['litellm_credential_name']
  const list = credentialList.parse(config['credential_list'])
  const index = list.findIndex((each) => each.credential_name === name)
  const credential = list[index]
  if (typeof name !== 'string' || credential === undefined) return entry
  report.settle([...path, 'litellm_params', 'litellm_credential_name'])
  report.add('translated', ['credential_list', index], 'Part of the connections that use it.')
  return { ...entry, litellm_params: { ...credential.credential_values, ...entry.litellm_params } }
}

function noteModelInfo(
  { model_info: info }: Deployment,
  path: readonly (string | number)[],
  report: ImportReport,
) {
  for (const name of Object.keys(info ?? {})) {
    if (name.includes('cost')) continue
    report.add('left-out', [...path, 'model_info', name], 'It describes the model and changes no call.')
  }
}

function uniqueNames<Route extends { name: string }>(
  routes: readonly Route[],
  report: ImportReport,
): Route[] {
  const seen = new Set<string>()
  return routes.filter(({ name }) => {
    if (!seen.has(name)) return Boolean(seen.add(name))
    report.add('to-do', ['model_list'], `Two models are called "${name}" here; the second was left out.`)
    return false
  })
}

const notes: Readonly<Record<string, string>> = {
  allowed_fails: 'Breakers count failures of each target by themselves.',
  cooldown_time: 'Breakers open and close by themselves, and try a target again bit by bit.',
  disable_cooldowns: 'Breakers cannot be switched off.',
  retry_after: 'Waits grow by themselves and keep to the Retry-After of a provider.',
  enable_pre_call_checks: 'What a model cannot do is known from a table.',
  redis_host: 'Nothing is needed besides Ratchet: limits hold over all its gateways.',
  redis_port: 'Nothing is needed besides Ratchet.',
  redis_password: 'Nothing is needed besides Ratchet.',
  redis_url: 'Nothing is needed besides Ratchet.',
  success_callback: 'Every call is traced; see: ratchet traces list',
  failure_callback: 'Every failure is traced; see: ratchet traces list',
  callbacks: 'Every call is traced; guardrails are described in the gateway file.',
  set_verbose: 'Failures are in the log, and every call is traced.',
  json_logs: 'Logs are JSON by themselves.',
  master_key: 'Keys are made with: ratchet keys create <name>',
  database_url: 'Ratchet keeps its data itself, or in the PostgreSQL of DATABASE_URL.',
}

function noteOthers(config: LiteLlmConfig, report: ImportReport): void {
  for (const place of ['router_settings', 'litellm_settings', 'general_settings'] as const) {
    const part = config[place]
    if (typeof part !== 'object' || part === null) continue
    for (const name of Object.keys(part)) {
      const note = notes[name]
      if (note !== undefined) report.add('left-out', [place, name], note)
    }
  }
  if (config['environment_variables'] !== undefined) {
    report.add(
      'to-do',
      ['environment_variables'],
      'Set these variables where "ratchet apply" runs, as far as keys are read from them.',
    )
  }
  if (config['guardrails'] !== undefined) {
    report.add('left-out', ['guardrails'], 'Describe them under "guardrails" in the gateway file.')
  }
}
