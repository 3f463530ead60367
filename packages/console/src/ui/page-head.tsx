import type { ReactElement, ReactNode } from 'react'
import { useDocumentTitle } from './use-document-title.ts'

/** The top of a page: its name, and under it the one sentence or figure that the reader came for. */
export function PageHead(props: {
  readonly title: ReactNode
  /** Name of the browser tab, when the title is not plain text. */
  readonly tab?: string
  readonly answer?: ReactNode
  readonly back?: ReactNode
  readonly actions?: ReactNode
}): ReactElement {
  useDocumentTitle(props.tab ?? (typeof props.title === 'string' ? props.title : ''))
  return (
    <header className="flex shrink-0 flex-wrap items-start gap-x-4 gap-y-2 px-4 pt-4 pb-3 md:px-6">
      <div className="min-w-0 flex-1 basis-60">
        {props.back !== undefined && <div className="text-small text-muted">{props.back}</div>}
        <h1 className="line-clamp-2 text-lead font-semibold break-words">{props.title}</h1>
        {props.answer !== undefined && <div className="text-muted">{props.answer}</div>}
      </div>
      {props.actions !== undefined && (
        <div className="flex flex-wrap items-center gap-2">{props.actions}</div>
      )}
    </header>
  )
}
