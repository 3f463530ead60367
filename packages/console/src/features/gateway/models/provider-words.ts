import { type ProviderInfo, providerTable, type Provider } from '@ratchet/contract'

/** Providers that a connection can be added for, by name; `offline` is always there. */
export const providerOptions = (Object.keys(providerTable) as Provider[])
  .filter((provider) => provider !== 'offline')
  .map((provider) => ({ value: provider, label: providerTable[provider].label }))
  .toSorted((a, b) => a.label.localeCompare(b.label))

const endpointWords: Readonly<Record<ProviderInfo['endpoints'][number], string>> = {
  chat: 'chat',
  responses: 'responses',
  embeddings: 'embeddings',
  images: 'images',
  speech: 'speech',
  transcription: 'transcription',
  moderations: 'moderation',
  rerank: 'rerank',
  files: 'files',
  batches: 'batches',
  'count-tokens': 'token counts',
}

/** What a connection of this provider can be asked for. */
export function endpointsOf(provider: Provider): readonly string[] {
  return providerTable[provider].endpoints.map((endpoint) => endpointWords[endpoint])
}

/** What chats of this provider can and cannot do, as far as it has been established. */
export function chatFactsOf(provider: Provider): { readonly can: string[]; readonly cannot: string[] } {
  const { chat }: ProviderInfo = providerTable[provider]
  const facts: readonly (readonly [string, boolean | undefined])[] = [
    ['structured output', chat.structuredOutput],
    ['log probabilities', chat.logprobs],
    ['several choices', chat.choices],
    ['seed', chat.seed],
    ['parallel tool calls', chat.parallelToolCalls],
    ['developer messages', chat.developerRole],
    ['reasoning', chat.reasoning === undefined ? undefined : chat.reasoning !== 'none'],
    ['prompt cache marks', chat.cacheMarks === undefined ? undefined : chat.cacheMarks !== 'none'],
  ]
  return {
    can: facts.flatMap(([words, holds]) => (holds === true ? words : [])),
    cannot: facts.flatMap(([words, holds]) => (holds === false ? words : [])),
  }
}

/** What stands in the key field of this provider. */
export function keyWordsOf(provider: Provider): {
  readonly label: string
  readonly help: string
  readonly isOptional: boolean
} {
  const { auth, keyVariables }: ProviderInfo = providerTable[provider]
  const safe = 'Encrypted before it is stored, and never shown again.'
  const found = keyVariables[0] === undefined ? '' : ` The CLI can read it from ${keyVariables[0]}.`
  if (auth === 'aws')
    return {
      label: 'Credential',
      help: `An API key of Bedrock, or ACCESS_KEY_ID:SECRET, or ACCESS_KEY_ID:SECRET:SESSION_TOKEN. ${safe}`,
      isOptional: false,
    }
  if (auth === 'google')
    return {
      label: 'Credential',
      help: `An API key, an access token, or the JSON of a service account. ${safe}`,
      isOptional: false,
    }
  return { label: 'API key', help: `${safe}${found}`, isOptional: auth === 'none' }
}

/** Whether an address is on this machine or in a private network. */
export function isPrivateAddress(address: string): boolean {
  if (!isHttpUrl(address)) return false
  return /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[::1\])/.test(new URL(address).host)
}

export function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}
