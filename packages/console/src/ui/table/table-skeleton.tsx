import type { ReactElement } from 'react'
import { SkeletonLine } from '../states/skeleton.tsx'
import type { Column } from './column.ts'

/** First load of a table: its own columns, with bars where the words will be. */
export function TableSkeleton<Row>(props: {
  readonly columns: readonly Column<Row>[]
  readonly template: string
  readonly heightPx: number
}): ReactElement {
  return (
    <div aria-hidden>
      {Array.from({ length: 12 }, (_, line) => (
        <div
          key={line}
          className="grid items-center border-b border-line px-2.5 md:px-4.5"
          style={{ gridTemplateColumns: props.template, height: props.heightPx }}
        >
          {props.columns.map((column, at) => (
            <div key={column.id} className={column.align === 'end' ? 'flex justify-end px-1.5' : 'px-1.5'}>
              <SkeletonLine seed={line * 3 + at} />
            </div>
          ))}
        </div>
      ))}
    </div>
  )
}
