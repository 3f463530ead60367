import type { ReactElement } from 'react'
import { Drawer } from '../../../ui/overlays/drawer.tsx'
import { HistoryPanel } from './history-panel.tsx'

/** The history as the address of a page says it. */
export type HistorySearch = { readonly history?: 'true' | undefined; readonly version?: string | undefined }

/** The versions of the configuration beside a page, when its address asks for them. */
export function HistoryDrawer({
  search,
  onSearch,
}: {
  readonly search: HistorySearch
  readonly onSearch: (next: HistorySearch) => void
}): ReactElement | null {
  if (search.history !== 'true') return null
  return (
    <Drawer
      label="History"
      name="gateway-history"
      title="History of the configuration"
      onClose={() => onSearch({ history: undefined, version: undefined })}
    >
      <HistoryPanel
        version={search.version === undefined ? undefined : Number(search.version)}
        onVersion={(version) => onSearch({ version: version === undefined ? undefined : String(version) })}
      />
    </Drawer>
  )
}
