import { AppError, providerTable } from '@ratchet/contract'
import { wireFormat } from '@ratchet/core/catalog'
import type { FormatName } from '../neutral/content.ts'
import type { CompiledConnection } from '../snapshot/compile-snapshot.ts'

/** The wire format in which a model is asked: the client's own when its provider speaks it. */
export function chooseFormat(
  connection: CompiledConnection,
  model: string,
  client: FormatName | undefined,
): FormatName {
  const format = wireFormat(connection.provider, model)
  if (format === 'anthropic' || format === 'gemini' || format === 'bedrock') return format
  // Any server may stand behind `openai-compatible`; what all of them have is chat.
  const isKnown = connection.provider !== 'openai-compatible'
  const hasResponses = isKnown && providerTable[connection.provider].endpoints.includes('responses')
  return client === 'openai-responses' && hasResponses ? client : 'openai-chat'
}

/** The path of a chat call from the root of the provider's host, with its query. */
export function chatPath(
  connection: CompiledConnection,
  model: string,
  { format, isStream }: { format: FormatName; isStream: boolean },
): string {
  const { basePath, provider } = connection
  switch (format) {
    case 'openai-chat':
      return openAiPath(connection, model, 'chat/completions')
    case 'openai-responses':
      return openAiPath(connection, model, 'responses')
    case 'anthropic':
      if (provider !== 'vertex') return `${basePath}/messages`
      return `${basePath}/publishers/anthropic/models/${encode(bare(model))}:${isStream ? 'streamRawPredict' : 'rawPredict'}`
    case 'gemini': {
      const call = isStream ? 'streamGenerateContent?alt=sse' : 'generateContent'
      return geminiPath(connection, model, call)
    }
    case 'bedrock':
      return `${basePath}/model/${encodeURIComponent(model)}/${isStream ? 'converse-stream' : 'converse'}`
  }
}

/** The path of a call of Gemini's API, such as `countTokens`. */
export function geminiPath({ basePath, provider }: CompiledConnection, model: string, call: string): string {
  const folder = provider === 'vertex' ? '/publishers/google/models/' : '/models/'
  return `${basePath}${folder}${encode(bare(model))}:${call}`
}

/** The path of another call of OpenAI's API, such as `embeddings`. */
export function openAiPath(connection: CompiledConnection, model: string, call: string): string {
  const { basePath, provider, settings } = connection
  if (provider === 'vertex') return `${basePath}/endpoints/openapi/${call}`
  if (provider !== 'azure-openai') return `${basePath}/${call}`
  const version = settings['apiVersion']
  const root = basePath.replace(/\/openai(?:\/v1)?$/, '')
  if (version === undefined || version === '') return `${root}/openai/v1/${call}`
  // Files and batches belong to no deployment.
  const folder = model === '' ? '' : `deployments/${encode(model)}/`
  return `${root}/openai/${folder}${call}?api-version=${encodeURIComponent(version)}`
}

/** Throws `provider_unreachable` for a connection whose address is no URL. */
export function requireAddress({ name, origin, baseUrl }: CompiledConnection): void {
  if (origin !== '') return
  throw new AppError('provider_unreachable', {
    message: `The connection "${name}" has the address "${baseUrl}", which is no URL. Correct it with: ratchet connections add ${name} --base-url https://…`,
    details: { connection: name },
  })
}

function bare(model: string): string {
  return model.replace(/^(?:google|anthropic|models)\//, '')
}

function encode(model: string): string {
  return encodeURIComponent(model).replaceAll('%40', '@')
}
