import { z } from 'zod'
import { defineRoute } from './define-route.ts'
import { pageOf, pageQuery } from './paging.ts'
import { time, uuid } from './words.ts'

export const jobState = z.enum(['queued', 'running', 'retrying', 'done', 'failed', 'cancelled'])
export const job = z.object({
  id: uuid,
  name: z.string(),
  state: jobState,
  summary: z.string(),
  progress: z.object({ done: z.number(), total: z.number(), message: z.string() }).optional(),
  attempts: z.number().int(),
  error: z.string().optional(),
  createdAt: time,
  startedAt: time.optional(),
  endedAt: time.optional(),
})
export type Job = z.output<typeof job>

const byId = z.object({ id: uuid })

export const listJobs = defineRoute({
  name: 'listJobs',
  method: 'GET',
  path: '/api/v1/jobs',
  summary: 'List background jobs, newest first',
  tag: 'jobs',
  permission: 'job:read',
  query: pageQuery.extend({ state: jobState.optional(), name: z.string().optional() }),
  output: pageOf(job),
  etag: true,
})

export const getJob = defineRoute({
  name: 'getJob',
  method: 'GET',
  path: '/api/v1/jobs/{id}',
  summary: 'One job',
  tag: 'jobs',
  permission: 'job:read',
  params: byId,
  output: z.object({ job }),
  errors: ['not_found'],
  etag: true,
})

export const cancelJob = defineRoute({
  name: 'cancelJob',
  method: 'POST',
  path: '/api/v1/jobs/{id}/cancel',
  summary: 'Cancel a job',
  tag: 'jobs',
  permission: 'job:write',
  params: byId,
  output: z.object({ job }),
  errors: ['not_found', 'conflict'],
})

export const retryJob = defineRoute({
  name: 'retryJob',
  method: 'POST',
  path: '/api/v1/jobs/{id}/retry',
  summary: 'Run a failed or cancelled job again',
  tag: 'jobs',
  permission: 'job:write',
  params: byId,
  output: z.object({ job }),
  errors: ['not_found', 'conflict'],
})
