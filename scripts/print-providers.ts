import { pathToFileURL } from 'node:url'
import { providerTable, type ProviderInfo } from '@ratchet/contract'

/** The table of providers in docs/connections.md; a test holds the page to it. */
export function printProviders(): string {
  const rows = Object.entries(providerTable)
    .filter(([name]) => name !== 'offline')
    .map(([name, info]) =>
      [
        `[${info.label}](${info.docs})`,
        `\`${name}\``,
        info.defaultBaseUrl === undefined ? 'give one' : `\`${info.defaultBaseUrl}\``,
        variablesOf(info),
        settingsOf(info),
        info.endpoints.join(', '),
      ].join(' | '),
    )
  return [
    '| Provider | `--provider` | Address | Found by | Settings | Offers |',
    '|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n')
}

function variablesOf({ keyVariables, baseUrlVariables = [] }: ProviderInfo): string {
  const keys = keyVariables.map((name) => `\`${name}\``).join(' or ')
  const addresses = baseUrlVariables.map((name) => `\`${name}\``).join(' or ')
  return addresses === '' || keys === '' ? keys : `${keys}, address ${addresses}`
}

function settingsOf({ settings }: ProviderInfo): string {
  return settings
    .map(({ name, required, default: standard }) => {
      if (standard !== undefined) return `\`${name}\` (${standard})`
      return required ? `**\`${name}\`**` : `\`${name}\``
    })
    .join(', ')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(printProviders())
