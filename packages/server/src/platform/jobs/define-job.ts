import type { z } from 'zod'

/** One kind of background work: its name, what it is given, and how it fails. */
export type JobDefinition<Payload extends z.ZodType = z.ZodType> = {
  /** Lower-case words with dashes; stays for ever, because stored jobs carry it. */
  readonly name: string
  readonly payload: Payload
  /** One line for lists, such as the evaluation's name. Never secrets. */
  summarise(payload: z.output<Payload>): string
  /** How often a failed attempt is repeated. A killed process is not a failure: see `crashLimit` in run-job.ts. */
  readonly retryLimit: number
  /** First wait before a repetition; doubles each time, up to five minutes, with jitter. */
  readonly retryDelaySeconds: number
  /** An attempt that takes longer is stopped (its signal aborts) and counts as failed. */
  readonly expireInSeconds: number
}

/** Makes a job definition; without other wishes it may take an hour and is repeated twice. */
export function defineJob<Payload extends z.ZodType>(
  parts: Pick<JobDefinition<Payload>, 'name' | 'payload'> & Partial<JobDefinition<Payload>>,
): JobDefinition<Payload> {
  if (!/^[a-z][a-z0-9-]{0,60}$/.test(parts.name)) throw new Error(`"${parts.name}" is not a job name.`)
  return { summarise: () => '', retryLimit: 2, retryDelaySeconds: 5, expireInSeconds: 3_600, ...parts }
}

/** What a handler gets. It must end soon after `signal` aborts: cancelled, expired, or the server stops. */
export type JobCall<Payload> = {
  readonly jobId: string
  readonly project: string | null
  readonly payload: Payload
  /** 1 for the first attempt; more after failures and killed processes. */
  readonly attempt: number
  readonly signal: AbortSignal
  /** Tells how far the work is; cheap to call for every item. */
  readonly progress: (done: number, total: number, message?: string) => void
}

export type JobHandler<Payload extends z.ZodType> = (call: JobCall<z.output<Payload>>) => Promise<void>
