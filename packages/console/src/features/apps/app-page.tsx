import { getApp, getRelease, listReleases, type Release } from '@ratchet/contract'
import { getRouteApi, Link } from '@tanstack/react-router'
import { MessageSquare, Rocket } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { useMay } from '../../app/me-context.ts'
import { toProblem } from '../../api/problem.ts'
import { useCall, useCallPages } from '../../api/use-call.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Select } from '../../ui/controls/select.tsx'
import { Tabs } from '../../ui/controls/tabs.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { EmptyState } from '../../ui/states/empty-state.tsx'
import { ErrorState } from '../../ui/states/error-state.tsx'
import { Skeleton } from '../../ui/states/skeleton.tsx'
import { DeployDialog } from './deploy-dialog.tsx'
import { DeploymentList } from './deployment-list.tsx'
import { FlowPanel } from './flow-panel.tsx'
import { ReleaseFiles } from './release-files.tsx'
import { ReleaseFacts } from './release-facts.tsx'
import { ReleaseList } from './release-list.tsx'
import { ServedSentence } from './served-sentence.tsx'

const route = getRouteApi('/apps/$app')

/** One app: what is served, what is in a release, how its flow runs, and its history. */
export function AppPage(): ReactElement {
  const { app: name } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [isDeploying, setIsDeploying] = useState(false)
  const mayDeploy = useMay('deployment:write')
  const app = useCall(getApp, { params: { app: name } }, { pollMs: 5_000 })
  const releases = useCallPages(listReleases, { params: { app: name }, query: { limit: 100 } })
  const label = search.release ?? app.data?.app.latestRelease?.label
  const release = useCall(
    getRelease,
    { params: { app: name, release: label ?? 'latest' } },
    { enabled: label !== undefined },
  )
  const error = app.error ?? release.error
  if (error !== null && (app.data === undefined || release.data === undefined)) {
    return (
      <div className="p-6">
        <ErrorState
          problem={toProblem(error, `The app ${name} could not be loaded`)}
          onRetry={() => void app.refetch()}
        />
      </div>
    )
  }
  const tab = search.tab ?? 'files'
  const go = (next: Partial<typeof search>): void =>
    void navigate({ search: (previous) => ({ ...previous, ...next }), replace: next.tab !== undefined })
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <PageHead
        back={
          <Link to="/apps" className="hover:text-ink hover:underline">
            Apps
          </Link>
        }
        title={name}
        answer={app.data === undefined ? undefined : <ServedSentence app={app.data.app} />}
        actions={
          <>
            <Button
              icon={<MessageSquare size={14} aria-hidden />}
              render={
                <Link
                  to="/playground"
                  search={{ model: label === undefined ? `app/${name}` : `app/${name}@${label}` }}
                />
              }
            >
              Try {label ?? 'app'}
            </Button>
            <Button
              kind="primary"
              icon={<Rocket size={14} aria-hidden />}
              disabled={label === undefined || !mayDeploy}
              onClick={() => setIsDeploying(true)}
            >
              Deploy {label ?? ''}
            </Button>
          </>
        }
      />
      {app.data !== undefined && label === undefined ? (
        <div className="px-6">
          <EmptyState title="No release yet" command={`npx ratchet push ${name}`}>
            Push the app's folder; every push with new content is an immutable release.
          </EmptyState>
        </div>
      ) : (
        <>
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 pb-2 md:px-6">
            <ReleaseSelect
              releases={releases.rows}
              value={label}
              onChange={(next) => go({ release: next, file: undefined })}
            />
            {release.data !== undefined && <ReleaseFacts release={release.data.release} />}
          </div>
          <div className="flex min-h-0 flex-1 flex-col px-4 md:px-6">
            <Tabs
              label="Views of the app"
              value={tab}
              onChange={(next) => go({ tab: next })}
              tabs={[
                {
                  id: 'files',
                  label: 'Files',
                  ...(release.data === undefined ? {} : { count: release.data.files.length }),
                  panel:
                    release.data === undefined || label === undefined ? (
                      <Skeleton lines={8} />
                    ) : (
                      <ReleaseFiles
                        app={name}
                        release={label}
                        files={release.data.files}
                        path={search.file}
                        line={search.line === undefined ? undefined : Number(search.line)}
                        onOpen={(file) => go({ file, line: undefined })}
                      />
                    ),
                },
                {
                  id: 'flow',
                  label: 'Flow',
                  panel:
                    release.data === undefined ? (
                      <Skeleton lines={8} />
                    ) : (
                      <FlowPanel
                        flows={release.data.flows}
                        onOpenFile={(file) => go({ tab: 'files', file, line: undefined })}
                        files={release.data.files}
                      />
                    ),
                },
                {
                  id: 'releases',
                  label: 'Releases',
                  panel: (
                    <ReleaseList
                      rows={releases.rows}
                      chosen={label}
                      onOpen={(next) => go({ release: next, tab: 'files', file: undefined })}
                      onEndReached={releases.loadMore}
                    />
                  ),
                },
                { id: 'deployments', label: 'Deployments', panel: <DeploymentList app={name} /> },
              ]}
            />
          </div>
        </>
      )}
      {label !== undefined && (
        <DeployDialog
          app={name}
          release={label}
          open={isDeploying}
          onClose={() => setIsDeploying(false)}
          deployments={app.data?.app.deployments ?? []}
        />
      )}
    </div>
  )
}

function ReleaseSelect(props: {
  readonly releases: readonly Release[] | undefined
  readonly value: string | undefined
  readonly onChange: (label: string) => void
}): ReactElement {
  return (
    <Select
      label="Release"
      value={props.value}
      options={(props.releases ?? []).map((release) => ({
        value: release.label,
        label: release.label,
        note: release.description.slice(0, 60),
      }))}
      onChange={props.onChange}
      placeholder={props.value ?? 'Release'}
    />
  )
}
