import { z } from 'zod'
import { defineRoute } from '../define-route.ts'
import { pageOf, pageQuery } from '../paging.ts'
import { digest, slug, time, uuid } from '../words.ts'

/** What a reader of `ratchet.yaml` gets; the file's own schema (strict) lives in runtime. */
export const assetKinds = [
  'manifest',
  'prompt',
  'flow',
  'index',
  'dataset',
  'evaluation',
  'tool',
  'guardrail',
  'document',
  'other',
] as const
export const releaseFile = z.object({
  path: z.string(),
  kind: z.enum(assetKinds),
  digest,
  sizeBytes: z.number().int(),
})
export type ReleaseFile = z.output<typeof releaseFile>

/** A problem in an app folder: where it is and what to do about it. */
export const appIssue = z.object({
  file: z.string(),
  line: z.number().int().optional(),
  column: z.number().int().optional(),
  message: z.string(),
  suggestion: z.string().optional(),
  severity: z.enum(['error', 'warning']).default('error'),
})
export type AppIssue = z.output<typeof appIssue>

export const indexPin = z.object({
  name: slug,
  version: digest,
  state: z.enum(['missing', 'building', 'ready', 'failed']),
  chunks: z.number().int().optional(),
})

export const release = z.object({
  id: uuid,
  app: slug,
  /** `r1`, `r2`, … in the order of pushes; drafts have none. */
  label: z.string(),
  digest,
  draft: z.boolean(),
  description: z.string(),
  git: z.object({ commit: z.string(), branch: z.string().optional(), dirty: z.boolean() }).optional(),
  author: z.string(),
  createdAt: time,
  entry: z.string(),
  fileCount: z.number().int(),
  indexes: z.array(indexPin),
  models: z.array(z.string()),
})
export type Release = z.output<typeof release>

export const deployment = z.object({
  id: uuid,
  app: slug,
  environment: slug,
  state: z.enum(['live', 'replaced']),
  /** Traffic arms; one arm with weight 100 until rollouts exist. */
  arms: z.array(z.object({ name: z.string(), release: uuid, label: z.string(), digest, weight: z.number() })),
  deployedBy: z.string(),
  deployedAt: time,
  replacedAt: time.optional(),
})
export type Deployment = z.output<typeof deployment>

export const app = z.object({
  name: slug,
  description: z.string(),
  owner: z.string(),
  createdAt: time,
  latestRelease: release.optional(),
  deployments: z.array(deployment),
})
export type App = z.output<typeof app>

const byApp = z.object({ app: slug })

export const listApps = defineRoute({
  name: 'listApps',
  method: 'GET',
  path: '/api/v1/apps',
  summary: 'List apps with their newest release and live deployments',
  tag: 'apps',
  permission: 'app:read',
  query: pageQuery,
  output: pageOf(app),
  etag: true,
})

export const getApp = defineRoute({
  name: 'getApp',
  method: 'GET',
  path: '/api/v1/apps/{app}',
  summary: 'One app',
  tag: 'apps',
  permission: 'app:read',
  params: byApp,
  output: z.object({ app }),
  errors: ['not_found'],
  etag: true,
})

export const pushRelease = defineRoute({
  name: 'pushRelease',
  method: 'POST',
  path: '/api/v1/releases',
  summary: 'Push an app folder as an immutable release; the same content gives the same release',
  tag: 'apps',
  permission: 'app:write',
  body: z.object({
    files: z
      .array(z.object({ path: z.string().min(1).max(500), contentBase64: z.string() }))
      .min(1)
      .max(5000),
    description: z.string().max(2000).default(''),
    git: z.object({ commit: z.string(), branch: z.string().optional(), dirty: z.boolean() }).optional(),
    /** A draft can be run and evaluated but not deployed, and is not listed. */
    draft: z.boolean().default(false),
  }),
  output: z.object({ release, created: z.boolean(), warnings: z.array(appIssue) }),
  errors: ['app_invalid', 'body_too_large', 'validation_failed'],
})

export const checkApp = defineRoute({
  name: 'checkApp',
  method: 'POST',
  path: '/api/v1/releases/check',
  summary: 'Check an app folder without storing anything',
  tag: 'apps',
  permission: 'app:read',
  body: z.object({
    files: z
      .array(z.object({ path: z.string().min(1).max(500), contentBase64: z.string() }))
      .min(1)
      .max(5000),
  }),
  output: z.object({ issues: z.array(appIssue) }),
})

export const listReleases = defineRoute({
  name: 'listReleases',
  method: 'GET',
  path: '/api/v1/apps/{app}/releases',
  summary: 'List releases of an app, newest first',
  tag: 'apps',
  permission: 'app:read',
  params: byApp,
  query: pageQuery,
  output: pageOf(release),
  errors: ['not_found'],
})

/** `{release}` is an id, a label (`r3`), a digest or a digest prefix of at least 8 digits. */
const byRelease = z.object({ app: slug, release: z.string().min(1).max(64) })

export const flowGraph = z.object({
  path: z.string(),
  nodes: z.array(
    z.object({ id: z.string(), type: z.string(), detail: z.string(), inputs: z.array(z.string()) }),
  ),
  edges: z.array(z.object({ from: z.string(), to: z.string() })),
})
export type FlowGraph = z.output<typeof flowGraph>

export const getRelease = defineRoute({
  name: 'getRelease',
  method: 'GET',
  path: '/api/v1/apps/{app}/releases/{release}',
  summary: 'One release with its files and flow graphs',
  tag: 'apps',
  permission: 'app:read',
  params: byRelease,
  output: z.object({ release, files: z.array(releaseFile), flows: z.array(flowGraph) }),
  errors: ['not_found'],
})

export const getReleaseFile = defineRoute({
  name: 'getReleaseFile',
  method: 'GET',
  path: '/api/v1/apps/{app}/releases/{release}/file',
  summary: 'The text of one file of a release',
  tag: 'apps',
  permission: 'app:read',
  params: byRelease,
  query: z.object({ path: z.string().min(1) }),
  output: z.object({ path: z.string(), text: z.string(), truncated: z.boolean() }),
  errors: ['not_found'],
})

export const deployRelease = defineRoute({
  name: 'deployRelease',
  method: 'POST',
  path: '/api/v1/apps/{app}/deployments',
  summary: 'Serve a release in an environment, all at once',
  tag: 'deployments',
  permission: 'deployment:write',
  params: byApp,
  body: z.object({ environment: slug, release: z.string().min(1).max(64).default('latest') }),
  output: z.object({ deployment, changed: z.boolean() }),
  errors: ['not_found', 'conflict'],
})

export const listDeployments = defineRoute({
  name: 'listDeployments',
  method: 'GET',
  path: '/api/v1/apps/{app}/deployments',
  summary: 'History of what served, newest first',
  tag: 'deployments',
  permission: 'deployment:read',
  params: byApp,
  query: pageQuery.extend({ environment: slug.optional(), at: time.optional() }),
  output: pageOf(deployment),
  errors: ['not_found'],
})
