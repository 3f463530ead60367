import type { Connection, ConnectionChange, FileConnection } from '@ratchet/contract'
import { addressOf } from '#features/catalog'

/** What has to happen so that connections are as a file says. Those that it does not name are left alone. */
export function compareConnections(
  wanted: readonly FileConnection[],
  existing: readonly Connection[],
): ConnectionChange[] {
  return wanted.map((file) => {
    const { name } = file
    const found = existing.find((each) => each.name === name)
    if (!found) return { name, kind: 'added', fields: [], keyPreviews: [] }
    const keyPreviews = found.keys.map((key) => key.preview)
    if (found.origin !== 'stored') return { name, kind: 'found-at-start', fields: [], keyPreviews }
    const fields = differences(file, found)
    return { name, kind: fields.length === 0 ? 'same' : 'changed', fields, keyPreviews }
  })
}

function differences(file: FileConnection, found: Connection): ConnectionChange['fields'] {
  const baseUrl = addressIn(file)
  const settings = Object.keys({ ...file.settings, ...found.settings }).map(
    (name) => [`settings.${name}`, found.settings[name], file.settings[name]] as const,
  )
  const pairs = [
    ['provider', found.provider, file.provider] as const,
    ['baseUrl', found.baseUrl, baseUrl] as const,
    ...settings,
  ]
  const texts = pairs.flatMap(([path, before, after]) =>
    before === after
      ? []
      : [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }],
  )
  // Servers on this machine are allowed without a word when they are at their usual address.
  const isWidened = file.allowPrivate && !found.allowPrivate
  return isWidened ? [...texts, { path: 'allowPrivate', before: false, after: true }] : texts
}

/** The address that the file means, in the form that is stored. */
function addressIn({ name, provider, settings, baseUrl }: FileConnection): string | undefined {
  try {
    return addressOf(provider, settings, baseUrl, name)
  } catch {
    // What is wrong with it is said when it is applied.
    return baseUrl
  }
}
