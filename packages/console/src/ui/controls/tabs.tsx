import { Tabs as BaseTabs } from '@base-ui/react/tabs'
import type { ReactElement, ReactNode } from 'react'

export type Tab<Id extends string> = {
  readonly id: Id
  readonly label: string
  readonly count?: number
  readonly panel: ReactNode
}

/** Views of one thing. The chosen tab belongs in the URL, so it is controlled by the page. */
export function Tabs<Id extends string>(props: {
  readonly tabs: readonly Tab<Id>[]
  readonly value: Id
  readonly onChange: (id: Id) => void
  readonly label: string
}): ReactElement {
  return (
    <BaseTabs.Root
      value={props.value}
      onValueChange={(value) => {
        const tab = props.tabs.find(({ id }) => id === value)
        if (tab !== undefined) props.onChange(tab.id)
      }}
      className="flex min-h-0 flex-1 flex-col"
    >
      <BaseTabs.List
        aria-label={props.label}
        className="relative flex shrink-0 gap-4 overflow-x-auto border-b border-line"
      >
        {props.tabs.map((tab) => (
          <BaseTabs.Tab
            key={tab.id}
            value={tab.id}
            className="flex h-9 items-center gap-1.5 whitespace-nowrap text-muted transition-colors hover:text-ink focus-visible:-outline-offset-2 data-active:font-medium data-active:text-ink"
          >
            {tab.label}
            {tab.count !== undefined && (
              <span className="text-small font-normal text-faint tabular-nums">{tab.count}</span>
            )}
          </BaseTabs.Tab>
        ))}
        <BaseTabs.Indicator className="absolute bottom-0 left-0 h-0.5 w-(--active-tab-width) translate-x-(--active-tab-left) bg-accent transition-all" />
      </BaseTabs.List>
      {props.tabs.map((tab) => (
        <BaseTabs.Panel key={tab.id} value={tab.id} className="min-h-0 flex-1 outline-none">
          {tab.panel}
        </BaseTabs.Panel>
      ))}
    </BaseTabs.Root>
  )
}
