import { baseUrlOf, providers, providerTable, type Provider } from '@ratchet/contract'
import { addressOf } from './provider-address.ts'
import { fetchModels } from './fetch-models.ts'

/** A provider found at start. Its credential stays in memory: the environment is its place. */
export type DiscoveredProvider = {
  readonly name: string
  readonly provider: Provider
  readonly baseUrl: string
  readonly settings: Readonly<Record<string, string>>
  readonly apiKey: string | undefined
  readonly allowPrivate: boolean
  readonly models: readonly string[] | undefined
  /** Where it was found, for messages: a variable or an address. */
  readonly source: string
}

type Environment = Readonly<Record<string, string | undefined>>
export type LocalServer = { readonly name: string; readonly provider: Provider; readonly baseUrl: string }

/** Model servers that people run on their own machine, at their usual ports. */
export const localServers: readonly LocalServer[] = (
  ['ollama', 'vllm', 'llama-cpp', 'lm-studio'] as const
).map((provider) => ({ name: provider, provider, baseUrl: baseUrlOf(provider, {}) ?? '' }))

/** Providers whose API key is in the environment, with all that they need besides. */
export function readProviderKeys(environment: Environment): DiscoveredProvider[] {
  return providers.flatMap((provider) => readProvider(provider, environment) ?? [])
}

function readProvider(provider: Provider, environment: Environment): DiscoveredProvider | undefined {
  const info = providerTable[provider]
  const source = info.keyVariables.find((variable) => textOf(environment, variable) !== undefined)
  const apiKey = source === undefined ? undefined : textOf(environment, source)
  if (source === undefined || apiKey === undefined) return undefined
  const settings = Object.fromEntries(
    info.settings.flatMap(({ name, variables = [] }) => {
      const value = firstOf(environment, variables)
      return value === undefined ? [] : [[name, value]]
    }),
  )
  // Whoever set another base address means the key for that server; the operator may name a private one.
  const ownUrl = firstOf(environment, info.baseUrlVariables ?? [])
  const baseUrl = addressIn(provider, settings, ownUrl)
  if (baseUrl === undefined) return undefined
  const isPrivate = ownUrl !== undefined
  return {
    name: provider,
    provider,
    baseUrl,
    settings,
    apiKey,
    allowPrivate: isPrivate,
    models: undefined,
    source,
  }
}

function addressIn(
  provider: Provider,
  settings: Readonly<Record<string, string>>,
  ownUrl: string | undefined,
): string | undefined {
  try {
    return addressOf(provider, settings, ownUrl, provider)
  } catch {
    // A key without the region or address that belongs to it is meant for somebody else.
    return undefined
  }
}

function firstOf(environment: Environment, variables: readonly string[]): string | undefined {
  for (const variable of variables) {
    const text = textOf(environment, variable)
    if (text !== undefined) return text
  }
  return undefined
}

function textOf(environment: Environment, variable: string): string | undefined {
  const text = environment[variable]?.trim()
  return text === '' ? undefined : text
}

/** Asks each local address for its models; only one that answers with at least one model counts. */
export async function probeLocalServers(
  servers: readonly LocalServer[],
  options: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<DiscoveredProvider[]> {
  const settings = {}
  const answers = await Promise.all(
    servers.map(async ({ name, provider, baseUrl }) => {
      const place = { provider, baseUrl, settings, apiKey: undefined, allowPrivate: true }
      const { ok, models } = await fetchModels({ ...place, ...options })
      return ok && models.length > 0 ? [{ ...place, name, models, source: baseUrl }] : []
    }),
  )
  return answers.flat()
}
