import type { Job } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { formatDuration } from '../../ui/numbers/format-number.ts'
import { Time } from '../../ui/numbers/time.tsx'
import { State, type Tone } from '../../ui/states/state.tsx'
import type { Column } from '../../ui/table/column.ts'

const tones: Readonly<Record<Job['state'], Tone>> = {
  queued: 'waiting',
  running: 'active',
  retrying: 'warn',
  done: 'ok',
  failed: 'bad',
  cancelled: 'neutral',
}

/** The state of a job as shape and word. */
export function JobState(props: { readonly state: Job['state']; readonly filled?: boolean }): ReactElement {
  return (
    <State tone={tones[props.state]} filled={props.filled ?? false}>
      {props.state}
    </State>
  )
}

/** How far a job is: a bar with its numbers. Nothing while the job has not said. */
export function JobProgress(props: { readonly job: Job }): ReactElement | undefined {
  const { progress } = props.job
  if (progress === undefined || progress.total === 0) return undefined
  return (
    <span className="flex items-center gap-2">
      <progress
        aria-label="Progress"
        value={progress.done}
        max={progress.total}
        className="h-1 min-w-12 flex-1 appearance-none overflow-hidden rounded-round bg-active [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-active [&::-webkit-progress-value]:bg-accent"
      />
      <span className="text-small whitespace-nowrap text-muted tabular-nums">
        {progress.done} of {progress.total}
      </span>
    </span>
  )
}

export const jobColumns: readonly Column<Job>[] = [
  { id: 'state', header: 'State', width: 108, cell: (job) => <JobState state={job.state} /> },
  {
    id: 'name',
    header: 'Job',
    width: { min: 90, share: 1 },
    hideBelowPx: 460,
    cell: (job) => <span className="font-medium">{job.name}</span>,
  },
  {
    id: 'summary',
    header: 'About',
    width: { min: 120, share: 3 },
    cell: (job) =>
      job.state === 'failed' ? (
        <span className="text-bad">{job.error ?? job.summary}</span>
      ) : (
        <span className="text-muted">{job.summary}</span>
      ),
  },
  {
    id: 'progress',
    header: 'Progress',
    width: { min: 140, share: 1 },
    hideBelowPx: 700,
    cell: (job) => <JobProgress job={job} />,
  },
  {
    id: 'attempts',
    header: 'Attempt',
    width: 72,
    align: 'end',
    hideBelowPx: 860,
    cell: (job) => job.attempts,
  },
  {
    id: 'took',
    header: 'Took',
    width: 88,
    align: 'end',
    hideBelowPx: 640,
    cell: (job) => formatDuration(tookMs(job)),
  },
  { id: 'created', header: 'Created', width: 96, align: 'end', cell: (job) => <Time at={job.createdAt} /> },
]

function tookMs(job: Job): number | undefined {
  if (job.startedAt === undefined || job.endedAt === undefined) return undefined
  return new Date(job.endedAt).getTime() - new Date(job.startedAt).getTime()
}
