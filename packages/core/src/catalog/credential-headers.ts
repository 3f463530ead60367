import { providerTable, type Provider } from '@ratchet/contract'

type Settings = Readonly<Record<string, string>>

/** Headers that a provider wants with every call and that do not depend on the credential: names and values in turn. */
export function connectionHeaders(provider: Provider, settings: Settings): string[] {
  const headers: string[] = []
  if (provider === 'openai') {
    add(headers, 'openai-organization', settings['organization'])
    add(headers, 'openai-project', settings['project'])
  }
  if (providerTable[provider].format === 'anthropic') {
    add(headers, 'anthropic-version', settings['version'] ?? '2023-06-01')
    add(headers, 'anthropic-beta', settings['beta'])
  }
  return headers
}

/**
 * Headers that carry a credential. None for credentials that are not sent as they are: keys of AWS sign each request,
 * the key of a Google service account is exchanged for a token first.
 */
export function credentialHeaders(provider: Provider, value: string): string[] {
  const { auth } = providerTable[provider]
  switch (auth) {
    case 'bearer':
    case 'none':
      return ['authorization', `Bearer ${value}`]
    case 'x-api-key':
    case 'api-key':
    case 'x-goog-api-key':
      return [auth, value]
    case 'aws':
      return isAwsKeyPair(value) ? [] : ['authorization', `Bearer ${value}`]
    case 'google':
      if (isServiceAccount(value)) return []
      return value.startsWith('ya29.') ? ['authorization', `Bearer ${value}`] : ['x-goog-api-key', value]
  }
}

/** `ACCESS_KEY_ID:SECRET_ACCESS_KEY[:SESSION_TOKEN]`; API keys of Bedrock hold no colon. */
export function isAwsKeyPair(value: string): boolean {
  return value.includes(':')
}

/** The JSON file of a Google service account. */
export function isServiceAccount(value: string): boolean {
  return value.trimStart().startsWith('{')
}

function add(headers: string[], name: string, value: string | undefined): void {
  if (value !== undefined && value !== '') headers.push(name, value)
}
