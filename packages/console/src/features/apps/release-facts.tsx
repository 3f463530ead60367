import type { Release } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { CopyButton } from '../../ui/code/copy-button.tsx'
import { formatCount } from '../../ui/numbers/format-number.ts'
import { Time } from '../../ui/numbers/time.tsx'
import { State, type Tone } from '../../ui/states/state.tsx'

const indexTones: Readonly<Record<string, Tone>> = {
  ready: 'ok',
  building: 'active',
  failed: 'bad',
  missing: 'warn',
}

/** Who made a release, from what, and what it is pinned to. */
export function ReleaseFacts(props: { readonly release: Release }): ReactElement {
  const { release } = props
  return (
    <p className="flex flex-wrap items-center gap-x-3 text-small text-muted">
      <span>
        by {release.author}, <Time at={release.createdAt} />
      </span>
      <span className="inline-flex items-center font-mono" title={release.digest}>
        {release.digest.slice(0, 12)}
        <CopyButton text={release.digest} label="Copy digest" />
      </span>
      {release.git !== undefined && (
        <span className="font-mono">
          {release.git.branch ?? 'commit'} {release.git.commit.slice(0, 8)}
          {release.git.dirty && (
            <span className="font-sans text-warn"> with changes that are not committed</span>
          )}
        </span>
      )}
      {release.models.length > 0 && <span>{release.models.join(', ')}</span>}
      {release.indexes.map((index) => (
        <State key={index.name} tone={indexTones[index.state] ?? 'neutral'}>
          index {index.name} {index.state}
          {index.chunks !== undefined && `, ${formatCount(index.chunks)} chunks`}
        </State>
      ))}
    </p>
  )
}
