import type { ConfigDrift } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { Button } from '../../../ui/controls/button.tsx'
import { formatQuantity } from '../../../ui/numbers/format-number.ts'
import { Time } from '../../../ui/numbers/time.tsx'
import { State } from '../../../ui/states/state.tsx'
import { ChangeList } from './change-list.tsx'

/** Whether what is live is what the last applied file says, and if not, what was changed since. */
export function DriftNote(props: {
  readonly drift: ConfigDrift
  /** Shows the version of the file, which can be restored there. */
  readonly onOpen: (version: number) => void
}): ReactElement {
  const { version, file = 'the file', author, at, changes } = props.drift
  const applied = (
    <>
      {file}, as {author} applied it <Time at={at} />
    </>
  )
  if (changes.length === 0)
    return (
      <p className="text-small text-muted">
        <State tone="ok">no drift</State> What is live is what {applied}, says.
      </p>
    )
  return (
    <section aria-label="Drift" className="flex flex-col gap-3 rounded-control border border-line px-3 py-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <State tone="warn" filled>
          drift
        </State>
        <span className="min-w-0 flex-1 basis-60">
          {formatQuantity(changes.length, 'change')} since {applied} (version {version}). The next{' '}
          <span className="font-mono text-small">ratchet apply</span> takes{' '}
          {changes.length === 1 ? 'it' : 'them'} back unless the file has{' '}
          {changes.length === 1 ? 'it' : 'them'} too.
        </span>
        <Button onClick={() => props.onOpen(version)}>Open version {version}</Button>
      </div>
      <details>
        <summary className="w-fit cursor-pointer text-muted">Show what differs</summary>
        <div className="pt-3">
          <ChangeList changes={changes} />
        </div>
      </details>
    </section>
  )
}
