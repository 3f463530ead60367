import { lazy, type ReactElement, Suspense } from 'react'
import { CopyButton } from './copy-button.tsx'
import type { Language } from './language-of.ts'

const CodeEditor = lazy(() => import('./code-editor.tsx'))

/** A file or prompt, read-only, with line numbers and folding. The plain text shows at once, colours follow. */
export function CodeView(props: {
  readonly text: string
  readonly language: Language
  readonly label: string
  /** Marks and scrolls to a line (1 is the first), for problems that name one. */
  readonly line?: number | undefined
}): ReactElement {
  return (
    <div className="group relative h-full min-h-0">
      <div className="absolute top-1 right-3 z-10 rounded-control bg-bg opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100">
        <CopyButton text={props.text} label={`Copy ${props.label}`} />
      </div>
      <div className="h-full overflow-auto">
        <Suspense
          fallback={
            <pre className="px-14 font-mono text-small leading-4.5 whitespace-pre-wrap">
              {props.text.slice(0, 20_000)}
            </pre>
          }
        >
          <CodeEditor {...props} />
        </Suspense>
      </div>
    </div>
  )
}
