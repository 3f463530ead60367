import type { Evaluation, EvaluationItem } from '@ratchet/contract'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { JsonView } from '../../../ui/code/json-view.tsx'
import { WordDiff } from '../../../ui/code/word-diff.tsx'
import type { ItemPair } from './changed-items.tsx'
import { printRunName } from '../target-words.ts'
import { ScoreList } from '../score-list.tsx'

/** One item in both runs: the answers as a word diff, then each with its scores. */
export function ItemDifference(props: {
  readonly pair: ItemPair
  readonly a: Evaluation
  readonly b: Evaluation
}): ReactElement {
  const { pair, a, b } = props
  const inputs = (pair.b ?? pair.a)?.inputs ?? {}
  const expected = (pair.b ?? pair.a)?.expected
  return (
    <div className="flex flex-col gap-4 px-4 py-3">
      <section>
        <h3 className="mb-1 text-small font-medium text-muted">Input</h3>
        <JsonView value={inputs} label="Input" />
      </section>
      {expected !== undefined && (
        <section>
          <h3 className="mb-1 text-small font-medium text-muted">Expected</h3>
          <JsonView value={expected} label="Expected" />
        </section>
      )}
      <section>
        <h3 className="mb-1 text-small font-medium text-muted">
          Output, {nameOf(a, b)} to {nameOf(b, a)}
        </h3>
        <WordDiff before={textOf(pair.a)} after={textOf(pair.b)} />
      </section>
      {[
        { run: a, other: b, item: pair.a },
        { run: b, other: a, item: pair.b },
      ].map(({ run, other, item }) => (
        <section key={run.id}>
          <h3 className="mb-1 flex items-baseline justify-between text-small font-medium text-muted">
            Scores of {nameOf(run, other)}
            {item !== undefined && item.traceId !== '' && (
              <Link
                to="/traces/$traceId"
                params={{ traceId: item.traceId }}
                className="font-normal text-accent hover:underline"
              >
                Open trace
              </Link>
            )}
          </h3>
          {item === undefined ? (
            <p className="text-faint">not in this run</p>
          ) : (
            <ScoreList scores={item.scores} />
          )}
        </section>
      ))}
    </div>
  )
}

/** Two runs of the same release are told apart by when they ran. */
function nameOf(run: Evaluation, other: Evaluation): string {
  const name = printRunName(run)
  if (name !== printRunName(other)) return name
  const when = new Date(run.createdAt)
  return `${name} of ${when.toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })}`
}

function textOf(item: EvaluationItem | undefined): string {
  if (item === undefined) return ''
  return item.error === '' ? item.output : `[${item.error}]`
}
