import { type ReactElement, type ReactNode, type RefObject, useEffect, useRef } from 'react'
import { classes } from '../classes.ts'
import type { ParsedQuery } from './parse-query.ts'

/** Paints the typed query behind its (transparent) input, so that filters look like tokens and stay plain text. */
export function QueryMirror(props: {
  readonly text: string
  readonly parsed: ParsedQuery
  readonly input: RefObject<HTMLInputElement | null>
  readonly children: ReactNode
}): ReactElement {
  const mirror = useRef<HTMLDivElement>(null)
  const { input, text, parsed } = props
  useEffect(() => {
    const element = input.current
    if (element === null) return
    const follow = (): void => {
      if (mirror.current !== null) mirror.current.scrollLeft = element.scrollLeft
    }
    follow()
    const events = ['scroll', 'keyup', 'click', 'input'] as const
    events.forEach((name) => element.addEventListener(name, follow))
    return () => events.forEach((name) => element.removeEventListener(name, follow))
  }, [input, text])
  return (
    <div className="relative h-5 min-w-0 flex-1 font-mono text-small leading-5">
      <div
        ref={mirror}
        aria-hidden
        className="pointer-events-none absolute inset-0 overflow-hidden whitespace-pre"
      >
        {pieces(text, parsed).map((piece) => (
          <span
            key={piece.start}
            className={classes(
              piece.kind === 'filter' &&
                'rounded-mark bg-selected py-0.5 text-accent shadow-[0_0_0_2px_var(--bg-selected)]',
              piece.kind === 'problem' && 'text-bad underline decoration-wavy underline-offset-3',
            )}
          >
            {piece.text}
          </span>
        ))}
      </div>
      {props.children}
    </div>
  )
}

type Piece = { readonly start: number; readonly text: string; readonly kind: 'plain' | 'filter' | 'problem' }

function pieces(text: string, parsed: ParsedQuery): Piece[] {
  const result: Piece[] = []
  let at = 0
  for (const { term, start, end } of parsed.terms) {
    if (start > at) result.push({ start: at, text: text.slice(at, start), kind: 'plain' })
    const hasProblem = parsed.problems.some((problem) => problem.start < end && problem.end > start)
    const kind = hasProblem ? 'problem' : term.kind === 'text' ? 'plain' : 'filter'
    result.push({ start, text: text.slice(start, end), kind })
    at = end
  }
  if (at < text.length) result.push({ start: at, text: text.slice(at), kind: 'plain' })
  return result
}
