import { uuid } from '@ratchet/contract'
import { defineJob } from '#platform/jobs/define-job.ts'
import { z } from 'zod'

/** Runs one evaluation. */
export const runEvaluationJob = defineJob({
  name: 'run-evaluation',
  payload: z.object({ project: uuid, id: uuid, name: z.string(), target: z.string() }),
  summarise: ({ name, target }) => `${name} on ${target}`,
  // Items are repeated one by one; a run that fails as a whole waits for a person, who resumes it.
  retryLimit: 0,
  expireInSeconds: 12 * 3600,
})
