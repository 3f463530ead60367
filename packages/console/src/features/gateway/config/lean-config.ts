import type { GatewayConfig } from '@ratchet/contract'
import { leanItem } from './lean-item.ts'
import { printYaml } from './print-yaml.ts'

const sections = ['routes', 'limits', 'budgets', 'prices', 'caches', 'guardrails'] as const

const example = `# Nothing is configured yet. For example:
# routes:
#   - name: chat
#     targets:
#       - model: offline/extractive
`

/** A whole configuration as `ratchet apply` takes it, without what it would be anyway. */
export function printConfig(config: GatewayConfig): string {
  const lean: Record<string, unknown> = {}
  for (const section of sections) {
    const items: readonly unknown[] = config[section]
    if (items.length > 0) lean[section] = items.map((item) => leanItem(section, item))
  }
  const defaults = leanItem('defaults', config.defaults)
  if (typeof defaults === 'object' && defaults !== null && Object.keys(defaults).length > 0)
    lean['defaults'] = defaults
  return Object.keys(lean).length === 0 ? example : printYaml(lean)
}
