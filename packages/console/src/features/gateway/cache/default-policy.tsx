import type { GatewayConfig } from '@ratchet/contract'
import { type ReactElement, useState } from 'react'
import { Select } from '../../../ui/controls/select.tsx'
import { SaveConfigDialog } from '../config/save-config-dialog.tsx'

const none = ''

/** The cache policy of calls whose route names none. A choice is shown as a change before it is saved. */
export function DefaultPolicy(props: {
  readonly config: GatewayConfig
  readonly mayWrite: boolean
}): ReactElement | undefined {
  const [chosen, setChosen] = useState<string>()
  const { caches, defaults } = props.config
  if (caches.length === 0) return undefined
  return (
    <>
      <Select
        label="Default policy"
        value={defaults.cache ?? none}
        options={[
          { value: none, label: 'No default policy' },
          ...caches.map(({ name }) => ({ value: name, label: `Default: ${name}` })),
        ]}
        disabled={!props.mayWrite}
        onChange={(next) => {
          if (next !== (defaults.cache ?? none)) setChosen(next)
        }}
      />
      {chosen !== undefined && (
        <SaveConfigDialog
          title={
            chosen === none ? 'Keep no answers by default?' : `Keep answers by default as ${chosen} says?`
          }
          note={chosen === none ? 'No default cache policy' : `Default cache policy ${chosen}`}
          edit={(config) => {
            const { cache: _, ...rest } = config.defaults
            return { ...config, defaults: chosen === none ? rest : { ...rest, cache: chosen } }
          }}
          onClose={() => setChosen(undefined)}
        />
      )}
    </>
  )
}
