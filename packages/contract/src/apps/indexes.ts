import { z } from 'zod'
import { defineRoute } from '../define-route.ts'
import { source } from './invocations.ts'
import { digest, slug, time } from '../words.ts'

export const indexVersion = z.object({
  name: slug,
  version: digest,
  state: z.enum(['building', 'ready', 'failed']),
  documents: z.number().int(),
  chunks: z.number().int(),
  embeddingModel: z.string(),
  error: z.string().optional(),
  createdAt: time,
  readyAt: time.optional(),
})
export type IndexVersion = z.output<typeof indexVersion>

export const listIndexes = defineRoute({
  name: 'listIndexes',
  method: 'GET',
  path: '/api/v1/indexes',
  summary: 'Index versions of the project, newest first',
  tag: 'retrieval',
  permission: 'index:read',
  query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
  output: z.object({ items: z.array(indexVersion) }),
})

export const searchIndex = defineRoute({
  name: 'searchIndex',
  method: 'POST',
  path: '/api/v1/indexes/{name}/search',
  summary: 'Search an index version',
  tag: 'retrieval',
  permission: 'index:read',
  params: z.object({ name: slug }),
  body: z.object({
    version: digest.optional(),
    query: z.string().min(1).max(4000),
    top: z.number().int().min(1).max(100).default(5),
    mode: z.enum(['hybrid', 'bm25', 'vector']).default('hybrid'),
  }),
  output: z.object({ version: digest, sources: z.array(source) }),
  errors: ['not_found', 'conflict'],
})
