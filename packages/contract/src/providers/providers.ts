import { cloudProviders } from './cloud-providers.ts'
import { hostedProviders } from './hosted-providers.ts'
import { localProviders } from './local-providers.ts'
import type { Provider, ProviderInfo } from './provider-info.ts'

export * from './provider-info.ts'

/** What the gateway, the forms and the documents know of each provider. */
export const providerTable: Readonly<Record<Provider, ProviderInfo>> = {
  ...cloudProviders,
  ...hostedProviders,
  ...localProviders,
}

/** Address of a provider with these settings; undefined when it has none, or when a setting of it is missing. */
export function baseUrlOf(
  provider: Provider,
  settings: Readonly<Record<string, string>>,
): string | undefined {
  const { defaultBaseUrl, settings: known } = providerTable[provider]
  if (defaultBaseUrl === undefined) return undefined
  let isComplete = true
  const address = defaultBaseUrl.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = settings[name] ?? known.find((each) => each.name === name)?.default
    if (value === undefined || value === '') isComplete = false
    return value ?? ''
  })
  // The global location of Vertex is served without a region in the name of the host.
  return isComplete ? address.replace('https://global-aiplatform.', 'https://aiplatform.') : undefined
}
