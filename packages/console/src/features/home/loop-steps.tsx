import type { getLoop, OutputOf } from '@ratchet/contract'
import { Link } from '@tanstack/react-router'
import { ArrowRight, Check, Circle, CircleDot } from 'lucide-react'
import type { ReactElement } from 'react'
import { classes } from '../../ui/classes.ts'
import { CommandLine } from '../../ui/code/command-line.tsx'

type Step = OutputOf<typeof getLoop>['steps'][number]

const marks = {
  done: <Check size={14} strokeWidth={2.5} className="text-ok" aria-hidden />,
  next: <CircleDot size={14} className="text-accent" aria-hidden />,
  waiting: <Circle size={14} className="text-faint" aria-hidden />,
}
const words = { done: 'done', next: 'next', waiting: 'later' }

/** The loop as five steps; the next one carries its command. */
export function LoopSteps(props: { readonly steps: readonly Step[] }): ReactElement {
  const next = props.steps.find(({ state }) => state === 'next')
  return (
    <section aria-label="The loop" className="flex flex-col gap-4">
      <ol className="grid overflow-hidden rounded-control border border-line max-md:divide-y md:grid-cols-5 md:divide-x divide-line">
        {props.steps.map((step) => (
          <li
            key={step.id}
            className={classes('relative min-w-0 p-3', step.state === 'next' && 'bg-selected')}
          >
            <div className="flex items-center gap-1.5 font-medium">
              {marks[step.state]}
              {step.link === undefined ? (
                step.title
              ) : (
                // The whole step is the target; the title names it.
                <Link to={step.link} className="after:absolute after:inset-0 hover:underline">
                  {step.title}
                </Link>
              )}
              <span className="ml-auto text-small font-normal text-faint">{words[step.state]}</span>
            </div>
            <p className="mt-1 line-clamp-3 text-small text-muted">{step.detail}</p>
          </li>
        ))}
      </ol>
      {next !== undefined && (next.command !== undefined || next.link !== undefined) && (
        <div className="flex max-w-[80ch] flex-col gap-2">
          <h2 className="font-semibold">Next: {next.title.toLowerCase()}</h2>
          <p className="text-muted">{next.detail}</p>
          {next.command !== undefined && <CommandLine command={next.command} />}
          {next.link !== undefined && (
            <p>
              <Link to={next.link} className="inline-flex items-center gap-1 text-accent hover:underline">
                Open {pageNames[next.link] ?? next.title} <ArrowRight size={13} aria-hidden />
              </Link>
            </p>
          )}
        </div>
      )}
    </section>
  )
}

const pageNames: Readonly<Record<string, string>> = {
  '/apps': 'Apps',
  '/playground': 'Playground',
  '/traces': 'Traces',
  '/evaluations': 'Evaluations',
}
