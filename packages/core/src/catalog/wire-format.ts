import { providerTable, type Provider, type ProviderInfo } from '@ratchet/contract'

/**
 * Wire format of a model's chat. It is the provider's, except for Vertex, which serves Claude in Anthropic's format and
 * models of other publishers (`meta/llama-...`) in OpenAI's.
 */
export function wireFormat(provider: Provider, model: string): ProviderInfo['format'] {
  if (provider !== 'vertex') return providerTable[provider].format
  if (model.startsWith('claude-') || model.startsWith('anthropic/')) return 'anthropic'
  return model.includes('/') && !model.startsWith('google/') ? 'openai' : 'gemini'
}
