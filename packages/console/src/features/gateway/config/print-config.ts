import { leanConfig, type GatewayConfig } from '@ratchet/contract'
import { printYaml } from './print-yaml.ts'

const example = `# Nothing is configured yet. For example:
# routes:
#   - name: chat
#     targets:
#       - model: offline/extractive
`

/** A whole configuration as `ratchet apply` takes it, without what it would be anyway. */
export function printConfig(config: GatewayConfig): string {
  const lean = leanConfig(config)
  return Object.keys(lean).length === 0 ? example : printYaml(lean)
}
