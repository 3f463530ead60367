import { type ReactElement, useMemo } from 'react'
import { diffWords } from './diff-words.ts'

/** Two texts as one: added words underlined with a plus, removed ones struck through with a minus, besides the colours. */
export function WordDiff(props: { readonly before: string; readonly after: string }): ReactElement {
  const { before, after } = props
  const parts = useMemo(() => diffWords(before, after), [before, after])
  if (before === after) {
    return (
      <p dir="auto" className="max-w-[72ch] break-words whitespace-pre-wrap">
        {after === '' ? <span className="text-faint">no output in either run</span> : after}{' '}
        <span className="text-faint">(the same)</span>
      </p>
    )
  }
  return (
    <p dir="auto" className="max-w-[72ch] break-words whitespace-pre-wrap">
      {parts.map((part, index) => {
        const key = `${String(index)}-${part.kind}`
        if (part.kind === 'added') {
          return (
            <ins
              key={key}
              className="rounded-mark bg-ok-bg px-0.5 text-ok underline decoration-1 underline-offset-2"
            >
              <span className="text-small select-none">+</span>
              {part.text}
            </ins>
          )
        }
        if (part.kind === 'removed') {
          return (
            <del key={key} className="rounded-mark bg-bad-bg px-0.5 text-bad line-through decoration-1">
              <span className="text-small select-none">−</span>
              {part.text}
            </del>
          )
        }
        return <span key={key}>{part.text}</span>
      })}
    </p>
  )
}
