import { lazy, type ReactElement, Suspense } from 'react'

const MarkdownBody = lazy(() => import('./markdown-body.tsx'))

/** Text written by a model or a person. Safe: no raw HTML, no remote images, links open elsewhere. */
export function MarkdownView(props: { readonly text: string }): ReactElement {
  return (
    <div className="prose" dir="auto">
      <Suspense fallback={<p className="whitespace-pre-wrap">{props.text}</p>}>
        <MarkdownBody text={props.text} />
      </Suspense>
    </div>
  )
}
