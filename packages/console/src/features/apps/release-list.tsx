import type { Release } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { Time } from '../../ui/numbers/time.tsx'
import type { Column } from '../../ui/table/column.ts'
import { DataTable } from '../../ui/table/data-table.tsx'

const columns: readonly Column<Release>[] = [
  {
    id: 'label',
    header: 'Release',
    width: 80,
    cell: (release) => <span className="font-medium">{release.label}</span>,
  },
  {
    id: 'about',
    header: 'Description',
    width: { min: 140, share: 3 },
    cell: (release) => release.description,
  },
  {
    id: 'commit',
    header: 'Commit',
    width: 110,
    hideBelowPx: 700,
    cell: (release) => <span className="font-mono text-small">{release.git?.commit.slice(0, 8) ?? '–'}</span>,
  },
  {
    id: 'author',
    header: 'Author',
    width: { min: 80, share: 1 },
    hideBelowPx: 560,
    cell: (release) => release.author,
  },
  {
    id: 'files',
    header: 'Files',
    width: 70,
    align: 'end',
    hideBelowPx: 700,
    cell: (release) => release.fileCount,
  },
  {
    id: 'created',
    header: 'Pushed',
    width: 110,
    align: 'end',
    cell: (release) => <Time at={release.createdAt} />,
  },
]

/** All releases of an app, newest first. */
export function ReleaseList(props: {
  readonly rows: readonly Release[] | undefined
  readonly chosen: string | undefined
  readonly onOpen: (label: string) => void
  readonly onEndReached: () => void
}): ReactElement {
  return (
    <div className="-mx-4 flex h-full flex-col md:-mx-6">
      <DataTable
        label="Releases"
        columns={columns}
        rows={props.rows}
        rowKey={(release) => release.label}
        selectedKey={props.chosen}
        onOpen={(release) => props.onOpen(release.label)}
        onEndReached={props.onEndReached}
      />
    </div>
  )
}
