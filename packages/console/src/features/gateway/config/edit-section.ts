import type { GatewayConfig } from '@ratchet/contract'
import type { ConfigEdit } from './save-config-dialog.tsx'

/** Sections whose items have a name. */
export type NamedSection = 'routes' | 'limits' | 'budgets' | 'caches' | 'guardrails'
export type ItemOf<Section extends NamedSection> = GatewayConfig[Section][number]

/** Puts an item in the place of the one of that name, or at the end. */
export function putItem<Section extends NamedSection>(
  section: Section,
  item: ItemOf<Section>,
  before?: string,
): ConfigEdit {
  return (config) => {
    const items: readonly { readonly name: string }[] = config[section]
    const at = items.findIndex(({ name }) => name === (before ?? item.name))
    const next = at < 0 ? [...items, item] : items.with(at, item)
    return { ...config, [section]: next }
  }
}

/** Takes an item away. */
export function removeItem(section: NamedSection, name: string): ConfigEdit {
  return (config) => {
    const items: readonly { readonly name: string }[] = config[section]
    return { ...config, [section]: items.filter((item) => item.name !== name) }
  }
}
