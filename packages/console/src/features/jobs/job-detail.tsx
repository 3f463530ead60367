import type { Job } from '@ratchet/contract'
import { RotateCcw, X } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { useMay } from '../../app/me-context.ts'
import { CopyButton } from '../../ui/code/copy-button.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Time } from '../../ui/numbers/time.tsx'
import { ErrorState } from '../../ui/states/error-state.tsx'
import { JobProgress, JobState } from './job-columns.tsx'

/** One job: where it is, what went wrong, and what can be done. */
export function JobDetail(props: {
  readonly job: Job
  readonly busy: boolean
  readonly onCancel: () => void
  readonly onRetry: () => void
}): ReactElement {
  const { job } = props
  const mayWrite = useMay('job:write')
  const isOpen = ['queued', 'running', 'retrying'].includes(job.state)
  const canRetry = job.state === 'failed' || job.state === 'cancelled'
  return (
    <div className="flex flex-col gap-4 px-4 py-3">
      <div className="flex items-center gap-3">
        <JobState state={job.state} filled />
        <div className="min-w-0 flex-1">
          <JobProgress job={job} />
        </div>
        {isOpen && (
          <Button
            icon={<X size={14} aria-hidden />}
            busy={props.busy}
            disabled={!mayWrite}
            onClick={props.onCancel}
          >
            Cancel job
          </Button>
        )}
        {canRetry && (
          <Button
            icon={<RotateCcw size={13} aria-hidden />}
            busy={props.busy}
            disabled={!mayWrite}
            onClick={props.onRetry}
          >
            Run again
          </Button>
        )}
      </div>
      {job.error !== undefined && (
        <ErrorState
          problem={{
            what: job.state === 'retrying' ? 'The last attempt failed' : 'The job failed',
            why: job.error,
          }}
        />
      )}
      {job.progress !== undefined && job.progress.message !== '' && (
        <p className="text-muted">{job.progress.message}</p>
      )}
      <dl className="grid grid-cols-[120px_1fr] gap-y-1.5">
        <Fact name="Created">
          <Time at={job.createdAt} />
        </Fact>
        <Fact name="Started">
          <Time at={job.startedAt} />
        </Fact>
        <Fact name="Ended">
          <Time at={job.endedAt} />
        </Fact>
        <Fact name="Attempts">{job.attempts}</Fact>
        <Fact name="Id">
          <span className="inline-flex items-center font-mono text-small">
            {job.id}
            <CopyButton text={job.id} label="Copy job id" />
          </span>
        </Fact>
      </dl>
    </div>
  )
}

function Fact(props: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <>
      <dt className="text-muted">{props.name}</dt>
      <dd className="min-w-0">{props.children}</dd>
    </>
  )
}
