import { fetchModels } from './fetch-models.ts'

/** A provider found at start. Its credential stays in memory: the environment is its place. */
export type DiscoveredProvider = {
  readonly name: string
  readonly baseUrl: string
  readonly apiKey: string | undefined
  readonly allowPrivate: boolean
  readonly models: readonly string[] | undefined
  /** Where it was found, for messages: a variable or an address. */
  readonly source: string
}

const keyVariables = [
  {
    name: 'openai',
    variable: 'OPENAI_API_KEY',
    baseUrl: 'https://api.openai.com/v1',
    baseVariable: 'OPENAI_BASE_URL',
  },
  { name: 'groq', variable: 'GROQ_API_KEY', baseUrl: 'https://api.groq.com/openai/v1' },
  { name: 'mistral', variable: 'MISTRAL_API_KEY', baseUrl: 'https://api.mistral.ai/v1' },
  { name: 'deepseek', variable: 'DEEPSEEK_API_KEY', baseUrl: 'https://api.deepseek.com/v1' },
  { name: 'openrouter', variable: 'OPENROUTER_API_KEY', baseUrl: 'https://openrouter.ai/api/v1' },
  { name: 'together', variable: 'TOGETHER_API_KEY', baseUrl: 'https://api.together.xyz/v1' },
  { name: 'xai', variable: 'XAI_API_KEY', baseUrl: 'https://api.x.ai/v1' },
] as const

/** Model servers that people run on their own machine, at their usual ports. */
export const localServers = [
  { name: 'ollama', baseUrl: 'http://127.0.0.1:11434/v1' },
  { name: 'vllm', baseUrl: 'http://127.0.0.1:8000/v1' },
  { name: 'llama-cpp', baseUrl: 'http://127.0.0.1:8080/v1' },
] as const

/** Providers whose API key is in the environment. */
export function readProviderKeys(
  environment: Readonly<Record<string, string | undefined>>,
): DiscoveredProvider[] {
  return keyVariables.flatMap((each) => {
    const apiKey = environment[each.variable]?.trim()
    if (apiKey === undefined || apiKey === '') return []
    // Whoever set another base address means the key for that server; the operator may name a private one.
    const ownUrl =
      'baseVariable' in each ? environment[each.baseVariable]?.trim().replace(/\/+$/, '') : undefined
    const hasOwnUrl = ownUrl !== undefined && ownUrl !== ''
    if (hasOwnUrl && !URL.canParse(ownUrl)) return []
    return [
      {
        name: each.name,
        baseUrl: hasOwnUrl ? ownUrl : each.baseUrl,
        apiKey,
        allowPrivate: hasOwnUrl,
        models: undefined,
        source: each.variable,
      },
    ]
  })
}

/** Asks each local address for its models; only one that answers with at least one model counts. */
export async function probeLocalServers(
  servers: readonly { name: string; baseUrl: string }[],
  options: { timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<DiscoveredProvider[]> {
  const answers = await Promise.all(
    servers.map(async ({ name, baseUrl }) => {
      const { ok, models } = await fetchModels({ baseUrl, apiKey: undefined, allowPrivate: true, ...options })
      return ok && models.length > 0
        ? [{ name, baseUrl, apiKey: undefined, allowPrivate: true, models, source: baseUrl }]
        : []
    }),
  )
  return answers.flat()
}
