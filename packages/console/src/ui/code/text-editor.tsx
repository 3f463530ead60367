import { lazy, type ReactElement, Suspense } from 'react'

const TextEditorBody = lazy(() => import('./text-editor-body.tsx'))

/** Code to write: YAML or JSON with line numbers, undo, and indents that are kept. */
export function TextEditor(props: {
  /** What it begins with; another one starts afresh. */
  readonly initial: string
  readonly language: 'yaml' | 'json'
  readonly label: string
  readonly onChange: (text: string) => void
  /** Goes there and takes the focus; another object goes again. */
  readonly line?: { readonly number: number } | undefined
  readonly readOnly?: boolean
}): ReactElement {
  return (
    <div className="h-full overflow-auto rounded-control border border-line-control bg-bg focus-within:outline-2 focus-within:-outline-offset-1 focus-within:outline-accent">
      <Suspense
        fallback={
          <pre className="h-full overflow-hidden px-14 font-mono text-small leading-4.5">{props.initial}</pre>
        }
      >
        <TextEditorBody {...props} />
      </Suspense>
    </div>
  )
}
