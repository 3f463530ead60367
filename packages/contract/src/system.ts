import { z } from 'zod'
import { app } from './apps/apps.ts'
import { defineRoute } from './define-route.ts'
import { evaluation } from './apps/evaluations.ts'
import { time } from './words.ts'

export const processStatus = z.object({
  /** `control`, `runner`, `gateway`, and `gateway-2` and so on when several share the port. */
  name: z.string(),
  state: z.enum(['starting', 'ready', 'degraded', 'down']),
  pid: z.number().int().optional(),
  restarts: z.number().int(),
  startedAt: time.optional(),
  memoryBytes: z.number().optional(),
  message: z.string().optional(),
})

export const telemetryStatus = z.object({
  spoolBytes: z.number(),
  spoolLimitBytes: z.number(),
  pendingRecords: z.number(),
  droppedBodies: z.number(),
  droppedRecords: z.number(),
  deadLetterFiles: z.number(),
  deadLetterRows: z.number(),
})

export const getStatus = defineRoute({
  name: 'getStatus',
  method: 'GET',
  path: '/api/v1/status',
  summary: 'State of processes, engines and telemetry',
  tag: 'system',
  permission: 'project:read',
  output: z.object({
    version: z.string(),
    startedAt: time,
    dataFolder: z.string(),
    url: z.string(),
    gatewayUrl: z.string(),
    processes: z.array(processStatus),
    engines: z.array(
      z.object({
        name: z.string(),
        kind: z.string(),
        version: z.string(),
        ok: z.boolean(),
        message: z.string().optional(),
      }),
    ),
    telemetry: telemetryStatus,
  }),
  etag: true,
})

export const replayTelemetry = defineRoute({
  name: 'replayTelemetry',
  method: 'POST',
  path: '/api/v1/telemetry/replay',
  summary: 'Insert the dead-letter files again; files that succeed are deleted',
  tag: 'system',
  permission: 'project:admin',
  output: z.object({
    files: z.number().int(),
    rows: z.number().int(),
    failed: z.array(z.object({ file: z.string(), message: z.string() })),
  }),
})

/** The loop as it stands: what Home and `ratchet status` show first. */
export const getLoop = defineRoute({
  name: 'getLoop',
  method: 'GET',
  path: '/api/v1/loop',
  summary: 'Where the project stands in the loop, and the next step',
  tag: 'system',
  permission: 'project:read',
  output: z.object({
    headline: z.string(),
    steps: z.array(
      z.object({
        id: z.enum(['build', 'run', 'see', 'judge', 'release']),
        state: z.enum(['done', 'next', 'waiting']),
        title: z.string(),
        detail: z.string(),
        link: z.string().optional(),
        command: z.string().optional(),
      }),
    ),
    apps: z.array(app),
    traffic: z.object({
      traces: z.number().int(),
      errors: z.number().int(),
      p50Ms: z.number().optional(),
      p95Ms: z.number().optional(),
      costNano: z.number().int(),
      series: z.array(z.object({ at: time, traces: z.number().int(), errors: z.number().int() })),
    }),
    lastEvaluation: evaluation.optional(),
  }),
  etag: true,
})
