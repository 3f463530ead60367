import type { Source } from '@ratchet/contract'
import { type ReactElement, useState } from 'react'
import { classes } from '../../ui/classes.ts'
import { formatScore } from '../../ui/numbers/format-number.ts'

/** The passages an answer stands on, numbered as the answer cites them. A click shows the whole passage. */
export function SourceList(props: { readonly sources: readonly Source[] }): ReactElement {
  const [open, setOpen] = useState<string>()
  return (
    <section aria-label="Sources" className="min-w-0">
      <h3 className="mb-1 text-small font-medium text-muted">Sources</h3>
      <ol className="flex flex-col">
        {props.sources.map((source, index) => {
          const isOpen = open === source.id
          return (
            <li key={source.id} className="border-t border-line first:border-t-0">
              <button
                type="button"
                aria-expanded={isOpen}
                onClick={() => setOpen(isOpen ? undefined : source.id)}
                className="w-full rounded-mark py-1.5 text-left"
              >
                <span className="flex items-baseline gap-2">
                  <span className="text-small text-faint tabular-nums">[{index + 1}]</span>
                  <span className="min-w-0 flex-1 truncate font-medium">
                    {source.title}
                    {source.heading !== '' && (
                      <span className="font-normal text-muted"> › {source.heading}</span>
                    )}
                  </span>
                  <span className="text-small text-faint tabular-nums" title="Rank fusion score">
                    {formatScore(source.score)}
                  </span>
                </span>
                <span
                  dir="auto"
                  className={classes(
                    'ml-6 text-small text-muted',
                    isOpen ? 'block whitespace-pre-wrap' : 'line-clamp-2',
                  )}
                >
                  {source.text}
                </span>
                {isOpen && (
                  <span className="block pt-1 pl-6 font-mono text-small text-faint">{source.path}</span>
                )}
              </button>
            </li>
          )
        })}
      </ol>
    </section>
  )
}
