import { baseUrlOf, providerTable, type FileConnection, type Provider } from '@ratchet/contract'
import type { ImportReport } from './import-report.ts'
import type { Deployment } from './litellm-config.ts'
import { providerOfModel } from './provider-of-model.ts'

type Params = Deployment['litellm_params']
type Path = readonly (string | number)[]

/** A deployment as a target of routes: `connection/model`. */
export type Target = { readonly model: string; readonly deployment: Deployment; readonly path: Path }

type Place = { readonly params: Params; readonly path: Path; readonly report: ImportReport }

/**
 * Makes connections of deployments: one for each provider, address, key and settings. Keys become references to
 * environment variables; a key that stands in the file is never copied.
 */
export class ConnectionCollector {
  readonly connections: FileConnection[] = []
  readonly #byText = new Map<string, FileConnection>()
  readonly #report: ImportReport
  readonly #environment: Readonly<Record<string, string | undefined>>

  constructor(report: ImportReport, environment: Readonly<Record<string, string | undefined>>) {
    this.#report = report
    this.#environment = environment
  }

  /** Undefined, and reported, when the provider is not known here. */
  add(deployment: Deployment, path: Path): Target | undefined {
    const params = deployment.litellm_params
    const at = [...path, 'litellm_params']
    const custom = textOf(params['custom_llm_provider'])
    const named = providerOfModel(params.model, custom)
    const address = this.#textAt(params['api_base'] ?? params['base_url'])
    if (named === undefined && address === undefined) {
      this.#report.add(
        'left-out',
        path,
        `The provider of "${params.model}" is not known here. If it speaks OpenAI's format, add a connection with --provider openai-compatible.`,
      )
      return undefined
    }
    const { provider, model } = named ?? {
      provider: 'openai-compatible' as const,
      model: params.model.slice(params.model.indexOf('/') + 1),
    }
    if (named === undefined) {
      this.#report.add(
        'adapted',
        [...at, 'model'],
        `"${params.model}" is taken for an OpenAI-compatible server.`,
      )
    } else this.#report.settle([...at, 'model'])
    this.#report.settle([...at, 'custom_llm_provider'])
    const connection = this.#connectionFor(servedBy(provider, params), {
      params,
      path: at,
      report: this.#report,
    })
    return { model: `${connection.name}/${model}`, deployment, path }
  }

  #connectionFor(provider: Provider, place: Place): FileConnection {
    const settings = this.#settingsOf(provider, place)
    const baseUrl = this.#addressOf(provider, settings, place)
    const key = this.#keyOf(provider, place)
    const isPrivate = baseUrl !== undefined && isPrivateHost(new URL(baseUrl).hostname)
    const rest = {
      provider,
      settings,
      keys: [],
      allowPrivate: isPrivate,
      ...(baseUrl === undefined ? {} : { baseUrl }),
      ...(key === undefined ? {} : { key }),
    }
    const text = JSON.stringify(rest)
    const known = this.#byText.get(text)
    if (known) return known
    const connection = { name: this.#freeName(provider), ...rest }
    this.#byText.set(text, connection)
    this.connections.push(connection)
    return connection
  }

  #freeName(provider: Provider): string {
    const taken = new Set(this.connections.map((connection) => connection.name))
    for (let count = 1; ; count++) {
      const name = count === 1 ? provider : `${provider}-${count}`
      if (!taken.has(name)) return name
    }
  }

  #settingsOf(provider: Provider, { params, path, report }: Place): Record<string, string> {
    const settings: Record<string, string> = {}
    for (const [theirs, ours] of Object.entries(settingNames[provider] ?? {})) {
      const written = textOf(params[theirs])
      if (written === undefined) continue
      report.settle([...path, theirs])
      const value = this.#textAt(written)
      if (value === undefined) {
        const variable = written.replace('os.environ/', '')
        report.add('to-do', [...path, theirs], `Set "${ours}" of the connection to what ${variable} holds.`)
      }
      settings[ours] = value ?? `set-${ours.toLowerCase()}`
    }
    for (const { name, label, required, default: standard } of providerTable[provider].settings) {
      const isInAddress = providerTable[provider].defaultBaseUrl?.includes(`{${name}}`) === true
      const hasAddress = params['api_base'] !== undefined || params['base_url'] !== undefined
      if (!required || standard !== undefined || settings[name] !== undefined) continue
      if (hasAddress && isInAddress && provider !== 'bedrock') continue
      settings[name] = `set-${name}`
      report.add('to-do', [...path, 'model'], `Set "${name}" of the connection (${label}) in the file.`)
    }
    return settings
  }

  #addressOf(
    provider: Provider,
    settings: Readonly<Record<string, string>>,
    { params, path, report }: Place,
  ): string | undefined {
    const field = params['api_base'] === undefined ? 'base_url' : 'api_base'
    const written = textOf(params[field])
    if (written === undefined) return undefined
    report.settle([...path, field])
    const value = this.#textAt(written)
    if (value === undefined || !URL.canParse(value)) {
      const name = written.replace(/^os\.environ\//, '')
      const stand = `https://${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.invalid`
      report.add('to-do', [...path, field], `Write the address that ${name} holds in place of ${stand}.`)
      return stand
    }
    const address = ownForm(provider, value)
    return address === baseUrlOf(provider, settings) ? undefined : address
  }

  #keyOf(provider: Provider, { params, path, report }: Place): string | undefined {
    const { keyVariables, auth } = providerTable[provider]
    const fields = ['api_key', 'vertex_credentials', 'aws_bearer_token'].filter(
      (field) => textOf(params[field]) !== undefined,
    )
    const [field] = fields
    if (typeof params['aws_access_key_id'] === 'string') {
      for (const name of ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token']) {
        if (params[name] !== undefined) report.settle([...path, name])
      }
      report.add(
        'to-do',
        [...path, 'aws_access_key_id'],
        'Set AWS_BEDROCK_KEY to ACCESS_KEY_ID:SECRET_ACCESS_KEY[:SESSION_TOKEN] before you apply the file.',
      )
      return 'env:AWS_BEDROCK_KEY'
    }
    if (field === undefined) {
      const [variable] = keyVariables
      return auth === 'none' || variable === undefined ? undefined : `env:${variable}`
    }
    const written = textOf(params[field]) ?? ''
    report.settle([...path, field])
    const variable = /^os\.environ\/([A-Za-z_][A-Za-z0-9_]*)$/.exec(written)?.[1]
    if (variable !== undefined) return `env:${variable}`
    if (auth === 'none' && /^(?:none|dummy|fake|anything|sk-1234|empty|not-needed|ollama)/i.test(written)) {
      return undefined
    }
    const name = keyVariables[0] ?? `${provider.toUpperCase().replaceAll('-', '_')}_API_KEY`
    report.add(
      'to-do',
      [...path, field],
      /^[.~/\w-]*\/[^{]*\.json$/.test(written)
        ? `Set ${name} to the content of ${written}.`
        : `The key stands in the file and was not copied: set ${name} to it.`,
    )
    return `env:${name}`
  }

  /** A value, or what the variable that it names holds here. */
  #textAt(value: unknown): string | undefined {
    const written = textOf(value)
    if (written === undefined || !written.startsWith('os.environ/')) return written
    return this.#environment[written.slice('os.environ/'.length)]?.trim() || undefined
  }
}

const settingNames: Readonly<Partial<Record<Provider, Readonly<Record<string, string>>>>> = {
  'azure-openai': { api_version: 'apiVersion' },
  bedrock: { aws_region_name: 'region' },
  vertex: { vertex_project: 'project', vertex_location: 'location' },
  openai: { organization: 'organization' },
}

/** With an address of its own, "openai/…" is LiteLLM's way to name any OpenAI-compatible server. */
function servedBy(provider: Provider, params: Params): Provider {
  const address = textOf(params['api_base'] ?? params['base_url'])
  if (provider !== 'openai' || address === undefined) return provider
  return URL.parse(address)?.hostname.endsWith('openai.com') ? 'openai' : 'openai-compatible'
}

/** LiteLLM's address of Ollama has no `/v1`, and that of Azure may have the path of a deployment. */
function ownForm(provider: Provider, address: string): string {
  const url = new URL(address)
  const path = url.pathname.replace(/\/+$/, '')
  if (provider === 'ollama' && path === '') return `${url.origin}/v1`
  if (provider === 'azure-openai') return url.origin
  return `${url.origin}${path}`
}

function isPrivateHost(host: string): boolean {
  return (
    /^(?:localhost|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|\[::1\])/.test(host) ||
    (!host.includes('.') && !host.includes(':')) ||
    /\.(?:local|internal|svc|cluster\.local)$/.test(host)
  )
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}
