import type { GatewayConfig } from '@ratchet/contract'
import { type NamedSection, putItem, removeItem } from './edit-section.ts'
import type { ConfigEdit } from './save-config-dialog.tsx'

const named: readonly NamedSection[] = ['routes', 'limits', 'budgets', 'caches', 'guardrails']

/**
 * What a person changed in the whole text, as a change of its own: applied to a newer configuration it leaves alone what
 * somebody else changed meanwhile. Items count as a whole; the order of items is the text's when nobody else has saved.
 */
export function editsBetween(base: GatewayConfig, mine: GatewayConfig): ConfigEdit {
  const edits: ConfigEdit[] = []
  for (const section of named) {
    const before: readonly { readonly name: string }[] = base[section]
    const after: readonly { readonly name: string }[] = mine[section]
    for (const { name } of before)
      if (!after.some((item) => item.name === name)) edits.push(removeItem(section, name))
    for (const item of mine[section])
      if (
        !isSame(
          item,
          before.find(({ name }) => name === item.name),
        )
      )
        edits.push(putItem(section, item))
  }
  if (!isSame(base.prices, mine.prices)) edits.push((config) => ({ ...config, prices: mine.prices }))
  if (!isSame(base.defaults, mine.defaults)) edits.push((config) => ({ ...config, defaults: mine.defaults }))
  return (config) => (isSame(config, base) ? mine : edits.reduce((changed, edit) => edit(changed), config))
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
