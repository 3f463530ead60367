import type { ConfigProblem } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { State } from '../../../ui/states/state.tsx'

/** What is wrong with a configuration, or may be: where, why, and what to write instead. */
export function ProblemList(props: {
  readonly problems: readonly ConfigProblem[]
  /** Lines of the shown text that come before the first line of what was checked. */
  readonly lineShift?: number
  /** Goes to the line, when there is an editor to go to. */
  readonly onLine?: (line: number) => void
}): ReactElement | undefined {
  if (props.problems.length === 0) return undefined
  return (
    <ul className="flex flex-col gap-2" aria-label="Problems">
      {props.problems.map((problem) => (
        <li
          key={`${problem.path} ${problem.message}`}
          className={`rounded-control px-3 py-2 ${problem.severity === 'error' ? 'bg-bad-bg' : 'bg-warn-bg'}`}
        >
          <span className="flex flex-wrap gap-x-2">
            <State tone={problem.severity === 'error' ? 'bad' : 'warn'}>{problem.severity}</State>
            {problem.line !== undefined && (
              <Line line={Math.max(1, problem.line - (props.lineShift ?? 0))} onLine={props.onLine} />
            )}
            {problem.path !== '' && (
              <span className="font-mono text-small break-all text-muted">{problem.path}</span>
            )}
          </span>
          <p className="break-words">
            {problem.message} {problem.suggestion}
          </p>
        </li>
      ))}
    </ul>
  )
}

function Line(props: {
  readonly line: number
  readonly onLine: ((line: number) => void) | undefined
}): ReactElement {
  const { line, onLine } = props
  if (onLine === undefined) return <span className="text-small text-muted">line {line}</span>
  return (
    <button
      type="button"
      onClick={() => onLine(line)}
      className="text-small text-accent underline underline-offset-2"
    >
      line {line}
    </button>
  )
}
