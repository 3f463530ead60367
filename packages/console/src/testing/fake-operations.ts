import type { ApiKey, App, Evaluation, getLoop, getStatus, Job, OutputOf } from '@ratchet/contract'
import type { FakeSize } from './fake-size.ts'
import { fakeUuid, minutesBefore } from './fake-ids.ts'

export function fakeKeys(now: Date): ApiKey[] {
  const names = ['website', 'nightly-evaluations', 'ada-laptop']
  return names.map((name, index) => ({
    id: fakeUuid(60 + index),
    name,
    preview: `rk_Ab${String(index)}2Cd34_…`,
    environment: index === 0 ? 'production' : 'development',
    scopes:
      index === 0 ? ['model:invoke'] : ['model:invoke', 'trace:read', 'evaluation:read', 'evaluation:write'],
    createdBy: 'ada',
    createdAt: minutesBefore(now, 2000 + index * 4000),
    lastUsedAt: index === 2 ? undefined : minutesBefore(now, 3 + index * 60),
    revokedAt: index === 2 ? minutesBefore(now, 100) : undefined,
    state: index === 2 ? 'revoked' : 'active',
  }))
}

export function fakeJobs(now: Date): Job[] {
  const states = ['running', 'queued', 'retrying', 'done', 'done', 'failed', 'cancelled'] as const
  return states.map((state, index) => ({
    id: fakeUuid(200 + index),
    name: index % 2 === 0 ? 'evaluation' : 'build-index',
    state,
    summary: index % 2 === 0 ? 'docs-quality on golden, 44 items' : 'docs, 13 documents',
    progress: state === 'running' ? { done: 17, total: 44, message: 'ports-18' } : undefined,
    attempts: state === 'retrying' ? 2 : 1,
    error:
      state === 'failed'
        ? 'The embedding model openai/text-embedding-3-small answered 401: invalid key. Test the connection, then retry.'
        : undefined,
    createdAt: minutesBefore(now, 2 + index * 37),
    startedAt: state === 'queued' ? undefined : minutesBefore(now, 1.8 + index * 37),
    endedAt: ['done', 'failed', 'cancelled'].includes(state) ? minutesBefore(now, 1 + index * 37) : undefined,
  }))
}

export function fakeLoop(
  size: FakeSize,
  now: Date,
  apps: App[],
  evaluation: Evaluation | undefined,
): OutputOf<typeof getLoop> {
  const isEmpty = size === 'empty'
  const series = Array.from({ length: 48 }, (_, index) => ({
    at: minutesBefore(now, 30 * (48 - index)),
    traces: isEmpty ? 0 : ((index * 11) % 17) + 3,
    errors: !isEmpty && index % 13 === 4 ? 2 : 0,
  }))
  const traffic = {
    traces: isEmpty ? 0 : 1240,
    errors: isEmpty ? 0 : 8,
    ...(isEmpty ? {} : { p50Ms: 182, p95Ms: 2410 }),
    costNano: isEmpty ? 0 : 41_200_000,
    series,
  }
  if (isEmpty) {
    return {
      headline: 'Nothing here yet. Start with an app.',
      steps: [
        {
          id: 'build',
          state: 'next',
          title: 'Build',
          detail: 'Write an app as a folder of prompts and flows.',
          command: 'npx ratchet init my-app --template rag && npx ratchet push my-app',
        },
        {
          id: 'run',
          state: 'waiting',
          title: 'Run',
          detail: 'Call a model or an app through the gateway.',
          link: '/playground',
          command: 'npx ratchet run my-app --input question="What can you do?"',
        },
        {
          id: 'see',
          state: 'waiting',
          title: 'See',
          detail: 'Every call becomes a trace by itself.',
          link: '/traces',
        },
        {
          id: 'judge',
          state: 'waiting',
          title: 'Judge',
          detail: 'Measure quality over a dataset, with intervals.',
          link: '/evaluations',
          command: 'npx ratchet eval my-app/evaluations/quality.eval.yaml',
        },
        {
          id: 'release',
          state: 'waiting',
          title: 'Release',
          detail: 'Serve a release in an environment.',
          link: '/apps',
        },
      ],
      apps,
      traffic,
    }
  }
  return {
    headline: 'Production serves docs-assistant r2: 1,240 calls in 24 hours, 8 failed.',
    steps: [
      {
        id: 'build',
        state: 'done',
        title: 'Build',
        detail: '2 apps: docs-assistant, contract-extractor',
        link: '/apps',
      },
      { id: 'run', state: 'done', title: 'Run', detail: '1,240 calls in 24 hours', link: '/playground' },
      { id: 'see', state: 'done', title: 'See', detail: '8 errors, median 182 ms', link: '/traces' },
      {
        id: 'judge',
        state: 'done',
        title: 'Judge',
        detail: 'docs-quality on 44 items, thresholds passed',
        link: '/evaluations',
      },
      {
        id: 'release',
        state: 'next',
        title: 'Release',
        detail: 'production serves docs-assistant r2',
        link: '/apps',
      },
    ],
    apps,
    traffic,
    ...(evaluation === undefined ? {} : { lastEvaluation: evaluation }),
  }
}

export function fakeStatus(now: Date): OutputOf<typeof getStatus> {
  return {
    version: '0.1.0',
    startedAt: minutesBefore(now, 190),
    dataFolder: '/srv/ratchet',
    url: 'http://127.0.0.1:4700',
    gatewayUrl: 'http://127.0.0.1:4701',
    processes: [
      {
        name: 'control',
        state: 'ready',
        pid: 101,
        restarts: 0,
        startedAt: minutesBefore(now, 190),
        memoryBytes: 512e6,
      },
      {
        name: 'gateway',
        state: 'ready',
        pid: 102,
        restarts: 0,
        startedAt: minutesBefore(now, 190),
        memoryBytes: 88e6,
      },
      {
        name: 'runner',
        state: 'degraded',
        pid: 103,
        restarts: 2,
        startedAt: minutesBefore(now, 4),
        memoryBytes: 91e6,
        message: 'Restarted after the process ended with code 137',
      },
    ],
    engines: [
      { name: 'relational', kind: 'pglite', version: '18.1', ok: true },
      { name: 'columnar', kind: 'chdb', version: '26.7', ok: true },
    ],
    telemetry: {
      spoolBytes: 41_000,
      spoolLimitBytes: 512e6,
      pendingRecords: 12,
      droppedBodies: 0,
      droppedRecords: 0,
      deadLetterFiles: 1,
      deadLetterRows: 40,
    },
  }
}
