import { cancelJob, type Job, jobState, listJobs, retryJob } from '@ratchet/contract'
import { getRouteApi } from '@tanstack/react-router'
import { type ReactElement, useState } from 'react'
import { toProblem } from '../../api/problem.ts'
import { useCallMutation, useCallPages } from '../../api/use-call.ts'
import { Select } from '../../ui/controls/select.tsx'
import { Drawer } from '../../ui/overlays/drawer.tsx'
import { showToast } from '../../ui/overlays/toast.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { EmptyState } from '../../ui/states/empty-state.tsx'
import { ErrorState } from '../../ui/states/error-state.tsx'
import { DataTable } from '../../ui/table/data-table.tsx'
import { jobColumns } from './job-columns.tsx'
import { JobDetail } from './job-detail.tsx'

const route = getRouteApi('/jobs')

/** What runs in the background, what failed and why. */
export function JobsPage(): ReactElement {
  const { state, job: openId } = route.useSearch()
  const go = route.useNavigate()
  const [chosen, setChosen] = useState<string>()
  const list = useCallPages(
    listJobs,
    { query: { limit: 100, ...(state === undefined ? {} : { state }) } },
    { pollMs: 2_000 },
  )
  const cancel = useCallMutation(cancelJob, [listJobs])
  const retry = useCallMutation(retryJob, [listJobs])
  const { rows } = list
  const open = rows?.find(({ id }) => id === openId)
  const openJob = (id: string | undefined): void =>
    void go({ search: (previous) => ({ ...previous, job: id }), replace: openId !== undefined })
  const step = (by: 1 | -1): void => {
    const next = rows?.[(rows.findIndex(({ id }) => id === openId) ?? -1) + by]
    if (next !== undefined) openJob(next.id)
  }
  const tell = (what: string) => ({
    onError: (error: Error) => showToast({ title: what, detail: toProblem(error, what).why }),
  })
  return (
    <div className="relative flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col">
        <PageHead
          title="Jobs"
          answer={rows === undefined ? undefined : describeJobs(rows)}
          actions={
            <Select
              label="State"
              value={state ?? 'all'}
              options={[
                { value: 'all', label: 'All states' },
                ...jobState.options.map((value) => ({ value, label: value })),
              ]}
              onChange={(next) =>
                void go({
                  search: (previous) => ({
                    ...previous,
                    state: jobState.options.find((known) => known === next),
                    job: undefined,
                  }),
                })
              }
            />
          }
        />
        {list.error !== null && rows === undefined ? (
          <div className="px-6">
            <ErrorState
              problem={toProblem(list.error, 'The jobs could not be loaded')}
              onRetry={list.retry}
            />
          </div>
        ) : (
          <DataTable
            label="Jobs"
            columns={jobColumns}
            rows={rows}
            rowKey={(job) => job.id}
            selectedKey={openId ?? chosen}
            onSelect={(job) => (openId === undefined ? setChosen(job.id) : openJob(job.id))}
            onOpen={(job) => openJob(job.id)}
            onEndReached={list.loadMore}
            empty={
              <EmptyState title={state === undefined ? 'No jobs yet' : `No job is ${state}`}>
                Evaluations and index builds run here. They survive a restart, and can be cancelled and run
                again.
              </EmptyState>
            }
          />
        )}
      </div>
      {open !== undefined && (
        <Drawer
          label="Job"
          name="job"
          title={`${open.name}: ${open.summary}`}
          onClose={() => openJob(undefined)}
          onStep={step}
        >
          <JobDetail
            job={open}
            busy={cancel.isPending || retry.isPending}
            onCancel={() => cancel.mutate({ params: { id: open.id } }, tell('The job was not cancelled'))}
            onRetry={() => retry.mutate({ params: { id: open.id } }, tell('The job was not started again'))}
          />
        </Drawer>
      )}
    </div>
  )
}

function describeJobs(rows: readonly Job[]): string | undefined {
  if (rows.length === 0) return undefined
  const count = (...states: readonly Job['state'][]): number =>
    rows.filter((job) => states.includes(job.state)).length
  const running = count('running', 'retrying')
  const failed = count('failed')
  return [
    running === 0 ? 'Nothing is running' : `${String(running)} running`,
    ...(count('queued') > 0 ? [`${String(count('queued'))} waiting`] : []),
    failed === 0 ? 'none failed' : `${String(failed)} failed`,
  ].join(', ')
}
