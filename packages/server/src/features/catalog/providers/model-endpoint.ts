import type { Provider } from '@ratchet/contract'
import { z } from 'zod'

/** Where a provider lists its models, and how the answer is read. */
export type ModelEndpoint = {
  readonly url: URL
  /** Names of models; undefined when the answer is no such list. */
  readonly read: (answer: unknown) => readonly string[] | undefined
}

type Place = {
  readonly provider: Provider
  readonly baseUrl: string
  readonly settings: Readonly<Record<string, string>>
}

/** The provider's own way of listing models. */
export function modelEndpoint({ provider, baseUrl, settings }: Place): ModelEndpoint {
  switch (provider) {
    case 'azure-openai':
      return { url: azureUrl(baseUrl, settings['apiVersion']), read: readOpenAi }
    case 'anthropic':
      return { url: new URL(`${baseUrl}/models?limit=1000`), read: readOpenAi }
    case 'gemini':
      return { url: new URL(`${baseUrl}/models?pageSize=1000`), read: readGemini }
    case 'vertex':
      return { url: new URL('/v1beta1/publishers/google/models?pageSize=300', baseUrl), read: readVertex }
    case 'bedrock':
      return { url: bedrockUrl(baseUrl), read: readBedrock }
    case 'cohere':
      return { url: new URL('/v1/models?page_size=1000', baseUrl), read: readCohere }
    default:
      return { url: new URL(`${baseUrl}/models`), read: readOpenAi }
  }
}

/** Without a version of the deployments API, the v1 API is called. */
function azureUrl(baseUrl: string, apiVersion: string | undefined): URL {
  const path = apiVersion === undefined ? 'v1/models' : `models?api-version=${encodeURIComponent(apiVersion)}`
  return new URL(`${baseUrl}/openai/${path}`)
}

/** Models are listed by Bedrock's control plane, whose host is named without `-runtime`. */
function bedrockUrl(baseUrl: string): URL {
  const url = new URL('/foundation-models', baseUrl)
  url.hostname = url.hostname.replace(/^bedrock-runtime\./, 'bedrock.')
  return url
}

// Vendors' answers are read tolerantly: some leave `data` out and send the list itself.
const idEntry = z.object({ id: z.string().min(1) })
const openAiList = z.union([
  z.object({ data: z.array(idEntry) }).transform((list) => list.data),
  z.array(idEntry),
])
const named = z.object({ name: z.string().min(1) })
const geminiList = z.object({ models: z.array(named) })
const vertexList = z.object({ publisherModels: z.array(named) })
const bedrockList = z.object({ modelSummaries: z.array(z.object({ modelId: z.string().min(1) })) })

const readOpenAi: ModelEndpoint['read'] = (answer) =>
  openAiList.safeParse(answer).data?.map((model) => model.id)
const readGemini: ModelEndpoint['read'] = (answer) => lastParts(geminiList.safeParse(answer).data?.models)
const readVertex: ModelEndpoint['read'] = (answer) =>
  lastParts(vertexList.safeParse(answer).data?.publisherModels)
const readBedrock: ModelEndpoint['read'] = (answer) =>
  bedrockList.safeParse(answer).data?.modelSummaries.map((model) => model.modelId)
const readCohere: ModelEndpoint['read'] = (answer) =>
  geminiList.safeParse(answer).data?.models.map((model) => model.name)

/** `models/gemini-2.5-flash` is called `gemini-2.5-flash`. */
function lastParts(models: readonly { name: string }[] | undefined): readonly string[] | undefined {
  return models?.map((model) => model.name.slice(model.name.lastIndexOf('/') + 1))
}
