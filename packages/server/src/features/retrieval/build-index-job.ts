import { digest, slug, uuid } from '@ratchet/contract'
import { defineJob } from '#platform/jobs/define-job.ts'
import { z } from 'zod'

/** Builds one index version. */
export const buildIndexJob = defineJob({
  name: 'build-index',
  payload: z.object({ project: uuid, name: slug, version: digest }),
  summarise: ({ name, version }) => `${name} ${version.slice(0, 12)}`,
  retryLimit: 3,
  retryDelaySeconds: 2,
  expireInSeconds: 3600,
})
