import type { App } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { Time } from '../../ui/numbers/time.tsx'
import { EnvironmentWord } from '../../ui/states/environment-word.tsx'

/** "development serves r3 (55 min ago), production serves r2". */
export function ServedSentence(props: { readonly app: App }): ReactElement {
  const live = props.app.deployments.filter(({ state }) => state === 'live')
  if (live.length === 0) return <span>Not served anywhere yet. {props.app.description}</span>
  return (
    <span className="flex flex-wrap items-center gap-x-4">
      {live.map((deployment) => (
        <span key={deployment.id} className="inline-flex flex-wrap items-center gap-x-1.5">
          <EnvironmentWord name={deployment.environment} />
          serves
          {deployment.arms.map((arm) => (
            <span key={arm.name} className="font-medium text-ink">
              {arm.label}
              {deployment.arms.length > 1 && ` (${String(arm.weight)} %)`}
            </span>
          ))}
          <span className="text-faint">
            since <Time at={deployment.deployedAt} />
          </span>
        </span>
      ))}
    </span>
  )
}
