import { AppError, baseUrlOf, providerTable, type Provider } from '@ratchet/contract'
import { suggestNames } from '@ratchet/core/graph'
import { normaliseBaseUrl, printBaseUrl } from './base-url.ts'

export type Settings = Readonly<Record<string, string>>

/**
 * The settings as they are stored: without empty ones. Throws `validation_failed` that names every setting that this
 * provider does not have, or that is missing. What only fills in the address is not needed when an address is given.
 */
export function checkSettings(provider: Provider, settings: Settings, hasOwnAddress: boolean): Settings {
  const { settings: known, label, defaultBaseUrl = '', auth } = providerTable[provider]
  const names = known.map((each) => each.name)
  const unknown = Object.keys(settings).filter((name) => !names.includes(name))
  if (unknown.length > 0) {
    const issues = unknown.map((name) => ({
      field: `settings.${name}`,
      problem: suggestNames(name, names) || `is not known; ${label} has ${names.join(', ') || 'no settings'}`,
    }))
    throw settingsError(`${label} has no setting "${unknown.join('", "')}".`, issues)
  }
  const missing = known.filter(({ name, required, default: standard }) => {
    if (!required || standard !== undefined || (settings[name] ?? '') !== '') return false
    // The region also signs calls to AWS, wherever they go.
    return !hasOwnAddress || auth === 'aws' || !defaultBaseUrl.includes(`{${name}}`)
  })
  if (missing.length > 0) {
    const issues = missing.map(({ name, label: meaning }) => ({
      field: `settings.${name}`,
      problem: `is missing: ${meaning}`,
    }))
    const list = missing.map(({ name, label: meaning }) => `${name} (${meaning})`).join(', ')
    throw settingsError(`A connection to ${label} needs ${list}.`, issues)
  }
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== ''))
}

function settingsError(message: string, issues: readonly { field: string; problem: string }[]): AppError {
  return new AppError('validation_failed', {
    message: `${message} Give settings with --setting name=value.`,
    details: { issues },
  })
}

/** The address of a connection in our form: the given one, else the provider's own. Throws when there is none. */
export function addressOf(
  provider: Provider,
  settings: Settings,
  given: string | undefined,
  name: string,
): string {
  if (given !== undefined) return fitAddress(provider, normaliseBaseUrl(given))
  const own = baseUrlOf(provider, settings)
  if (own !== undefined) return own
  throw new AppError('validation_failed', {
    message: `The connection "${name}" needs a base URL, such as https://api.example.com/v1 or http://127.0.0.1:11434/v1.`,
    details: { issues: [{ field: 'baseUrl', problem: 'is missing' }] },
  })
}

/** True for servers that people run on their own machine, at the address that they have by default. */
export function isOwnMachine(provider: Provider, baseUrl: string): boolean {
  const { defaultBaseUrl } = providerTable[provider]
  return baseUrl === defaultBaseUrl && new URL(baseUrl).hostname === '127.0.0.1'
}

/** People paste what other clients take as address, which for some vendors is less or more than ours. */
function fitAddress(provider: Provider, url: URL): string {
  const path = url.pathname.replace(/\/+$/, '')
  if (provider === 'azure-openai') url.pathname = path.replace(/\/openai(\/v1|\/deployments(\/[^/]+)?)?$/, '')
  if (provider === 'anthropic' && path === '') url.pathname = '/v1'
  if (provider === 'gemini' && path === '') url.pathname = '/v1beta'
  return printBaseUrl(url)
}
