import type { Provider } from '@ratchet/contract'

/** A model as LiteLLM names it, taken apart; undefined for providers that are not known here. */
export type NamedModel = { readonly provider: Provider; readonly model: string }

const prefixes: Readonly<Record<string, Provider>> = {
  openai: 'openai',
  'text-completion-openai': 'openai',
  azure: 'azure-openai',
  azure_text: 'azure-openai',
  anthropic: 'anthropic',
  gemini: 'gemini',
  vertex_ai: 'vertex',
  vertex_ai_beta: 'vertex',
  bedrock: 'bedrock',
  bedrock_converse: 'bedrock',
  mistral: 'mistral',
  cohere: 'cohere',
  cohere_chat: 'cohere',
  groq: 'groq',
  together_ai: 'together',
  fireworks_ai: 'fireworks',
  deepseek: 'deepseek',
  xai: 'xai',
  openrouter: 'openrouter',
  perplexity: 'perplexity',
  cerebras: 'cerebras',
  nvidia_nim: 'nvidia-nim',
  huggingface: 'hugging-face',
  ollama: 'ollama',
  ollama_chat: 'ollama',
  hosted_vllm: 'vllm',
  vllm: 'vllm',
  lm_studio: 'lm-studio',
  llamafile: 'openai-compatible',
  openai_like: 'openai-compatible',
  custom_openai: 'openai-compatible',
  litellm_proxy: 'openai-compatible',
}

/** Names without a prefix, as LiteLLM guesses whose they are. */
const families: readonly (readonly [RegExp, Provider])[] = [
  [/^(?:gpt-|o\d|chatgpt-|text-embedding-|dall-e|whisper|tts-|ft:gpt|omni-moderation)/, 'openai'],
  [/^claude-/, 'anthropic'],
  [/^command/, 'cohere'],
  [/^gemini-/, 'vertex'],
  [/^(?:anthropic|amazon|meta|mistral|cohere|ai21|us|eu|apac|global)\./, 'bedrock'],
  [/^deepseek-/, 'deepseek'],
  [/^mistral-|^codestral/, 'mistral'],
  [/^grok-/, 'xai'],
]

// LiteLLM's own words between provider and model.
const inner: Readonly<Partial<Record<Provider, RegExp>>> = {
  bedrock: /^(?:converse|invoke|converse_like)\//,
  'azure-openai': /^(?:responses|chat|o_series|gpt5_series)\//,
  openai: /^(?:responses|chat)\//,
}

/** `customProvider` is LiteLLM's `custom_llm_provider`, which goes before the prefix. */
export function providerOfModel(name: string, customProvider?: string): NamedModel | undefined {
  const slash = name.indexOf('/')
  const prefix = customProvider ?? (slash === -1 ? '' : name.slice(0, slash))
  const provider = prefixes[prefix]
  if (provider !== undefined) {
    const model = name.startsWith(`${prefix}/`) ? name.slice(prefix.length + 1) : name
    const words = inner[provider]
    return { provider, model: words === undefined ? model : model.replace(words, '') }
  }
  if (slash !== -1) return undefined
  const family = families.find(([pattern]) => pattern.test(name))
  return family === undefined ? undefined : { provider: family[1], model: name }
}
