import type { App } from '@ratchet/contract'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { Time } from '../../ui/numbers/time.tsx'
import { Badge } from '../../ui/states/badge.tsx'
import { EnvironmentWord } from '../../ui/states/environment-word.tsx'

/** What each environment serves right now. */
export function ServedNow(props: { readonly apps: readonly App[] }): ReactElement {
  return (
    <section className="min-w-0">
      <h2 className="mb-1 font-semibold">Served now</h2>
      <ul>
        {props.apps.map((app) => {
          const live = app.deployments.filter(({ state }) => state === 'live')
          return (
            <li key={app.name} className="border-b border-line py-2">
              <div className="flex items-baseline justify-between gap-3">
                <Link
                  to="/apps/$app"
                  params={{ app: app.name }}
                  className="truncate font-medium hover:underline"
                >
                  {app.name}
                </Link>
                <span className="text-small whitespace-nowrap text-faint">
                  {app.latestRelease === undefined ? (
                    'no release yet'
                  ) : (
                    <>
                      newest {app.latestRelease.label}, <Time at={app.latestRelease.createdAt} />
                    </>
                  )}
                </span>
              </div>
              {live.length === 0 ? (
                <p className="text-muted">Not served anywhere yet.</p>
              ) : (
                live.map((deployment) => (
                  <div key={deployment.id} className="flex items-center gap-2 text-muted">
                    <EnvironmentWord name={deployment.environment} />
                    {deployment.arms.map((arm) => (
                      <Badge key={arm.name} mono>
                        {arm.label}
                        {deployment.arms.length > 1 && ` ${String(arm.weight)} %`}
                      </Badge>
                    ))}
                    <span className="ml-auto text-small whitespace-nowrap text-faint">
                      by {deployment.deployedBy}, <Time at={deployment.deployedAt} />
                    </span>
                  </div>
                ))
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
