import * as contract from '@ratchet/contract'
import { fakeApps, fakeDeployment, fakeFiles, fakeFileText, fakeFlow, fakeRelease } from './fake-apps.ts'
import { answer } from './fake-api.ts'
import { fakeComparison, fakeEvaluation, fakeItems } from './fake-evaluations.ts'
import { fakeGateway } from './gateway/fake-gateway.ts'
import { fakeHex, fakeUuid, minutesBefore } from './fake-ids.ts'
import { fakeJobs, fakeKeys, fakeLoop, fakeStatus } from './fake-operations.ts'
import type { FakeSize } from './fake-size.ts'
import { fakeRoutedSpans, fakeSpans, fakeTraces } from './fake-traces.ts'

/** A project in memory that answers every route the console calls. */
export function fakeProject(size: FakeSize, now: Date) {
  const isEmpty = size === 'empty'
  const traces = fakeTraces(isEmpty ? 0 : size === 'overfull' ? 10_000 : 240, now)
  const apps = isEmpty ? [] : fakeApps(now)
  const states = ['running', 'done', 'done', 'done', 'failed', 'cancelled'] as const
  const evaluations = isEmpty ? [] : states.map((state, number) => fakeEvaluation(number, now, state))
  const items = fakeItems(isEmpty ? 0 : 44)
  const project = {
    id: fakeUuid(1),
    name: size === 'overfull' ? 'a-project-with-a-name-that-is-as-long-as-a-name-may-be-really' : 'default',
    environments: contract.defaultEnvironments.map((name, position) => ({ name, position })),
    createdAt: minutesBefore(now, 10_000),
  }
  const keys = isEmpty ? [] : fakeKeys(now)
  const gateway = fakeGateway(size, now)
  const find = <Item>(rows: readonly Item[], fits: (row: Item) => boolean, what: string): Item => {
    const row = rows.find(fits)
    if (row === undefined)
      throw new contract.AppError('not_found', { message: `There is no ${what} in project default.` })
    return row
  }
  const matching = (query: string) =>
    traces.filter((trace) => !query.includes('status:error') || trace.status === 'error')

  return [
    answer(contract.me, () => ({
      actor: { kind: 'session' as const, id: 's1', name: 'ada' },
      project,
      permissions: [...contract.permissions],
      version: '0.1.0',
      gatewayUrl: 'http://127.0.0.1:4701',
    })),
    answer(contract.listProjects, () => ({ items: [project] })),
    answer(contract.getLoop, () => fakeLoop(size, now, apps, evaluations[1])),
    answer(contract.getStatus, () => fakeStatus(now)),
    answer(contract.listApps, () => ({ items: apps })),
    answer(contract.getApp, ({ params }) => ({
      app: find(apps, (app) => app.name === params.app, `app "${params.app}"`),
    })),
    answer(contract.listReleases, ({ params }) => ({
      items: [3, 2, 1].map((number) => fakeRelease(number, now, params.app)),
    })),
    answer(contract.getRelease, ({ params }) => ({
      release: fakeRelease(Number(params.release.slice(1)) || 3, now, params.app),
      files: fakeFiles,
      flows: [fakeFlow],
    })),
    answer(contract.getReleaseFile, ({ query }) => ({
      path: query.path,
      text: fakeFileText[query.path] ?? `# ${query.path}\n\nThe gateway listens on port 4701.\n`,
      truncated: false,
    })),
    answer(contract.deployRelease, ({ params, body }) => ({
      deployment: fakeDeployment(fakeRelease(3, now, params.app), body.environment, now),
      changed: true,
    })),
    answer(contract.listDeployments, ({ params }) => ({
      items: [3, 2].map((number) => fakeDeployment(fakeRelease(number, now, params.app), 'development', now)),
    })),
    answer(contract.listTraces, ({ query }) => {
      const rows = matching(query.query)
      const start = Number(query.cursor ?? 0)
      const end = start + query.limit
      return { items: rows.slice(start, end), ...(end < rows.length ? { nextCursor: String(end) } : {}) }
    }),
    answer(contract.traceFacets, ({ query }) => {
      const rows = matching(query.query)
      const count = (pick: (trace: contract.TraceSummary) => string) => {
        const counts = new Map<string, number>()
        for (const row of rows) counts.set(pick(row), (counts.get(pick(row)) ?? 0) + 1)
        return [...counts]
          .map(([value, number]) => ({ value, count: number }))
          .sort((a, b) => b.count - a.count)
      }
      return {
        total: rows.length,
        errors: rows.filter((row) => row.status === 'error').length,
        ...(rows.length > 0 ? { p50Ms: 180, p95Ms: 2410 } : {}),
        costNano: rows.reduce((sum, row) => sum + row.costNano, 0),
        facets: [
          { field: 'status', values: count((row) => row.status) },
          { field: 'type', values: count((row) => row.type) },
          { field: 'app', values: count((row) => row.app) },
          { field: 'release', values: count((row) => row.release) },
          { field: 'model', values: count((row) => row.model) },
          { field: 'session', values: count((row) => row.sessionId) },
          { field: 'user', values: count((row) => row.userId) },
        ],
        series: isEmpty
          ? []
          : Array.from({ length: 60 }, (_, index) => ({
              at: minutesBefore(now, 60 * (60 - index) * 0.4),
              traces: 3 + ((index * 7) % 13),
              errors: index % 9 === 4 ? 2 : 0,
            })),
      }
    }),
    answer(contract.getTrace, ({ params }) => {
      const summary = find(traces, (trace) => trace.traceId === params.traceId, `trace "${params.traceId}"`)
      const spans =
        summary.type === 'llm' && summary.status === 'ok' ? fakeRoutedSpans(summary) : fakeSpans(summary)
      return { traceId: summary.traceId, summary, spans, truncated: false }
    }),
    answer(contract.tailTraces, () => []),
    answer(contract.listScores, () => ({ items: [] })),
    answer(contract.listEvaluations, () => ({ items: evaluations })),
    answer(contract.getEvaluation, ({ params }) => ({
      evaluation: find(evaluations, (run) => run.id === params.id, `evaluation "${params.id}"`),
    })),
    answer(contract.listEvaluationItems, ({ query }) => ({
      items: query.failedOnly ? items.filter((item) => item.error !== '') : items,
    })),
    answer(contract.compareEvaluations, () => {
      const other = fakeItems(44, 1)
      return {
        a: evaluations[2] ?? fakeEvaluation(2, now),
        b: evaluations[1] ?? fakeEvaluation(1, now),
        comparison: { ...fakeComparison },
        items: items.map((item, index) => ({
          itemId: item.itemId,
          a: item,
          b: other[index],
          change: 1 - index / 22,
        })),
      }
    }),
    answer(contract.listJobs, ({ query }) => ({
      items: (isEmpty ? [] : fakeJobs(now)).filter(
        (job) => query.state === undefined || job.state === query.state,
      ),
    })),
    answer(contract.listKeys, ({ query: { search = '' } }) => ({
      items: keys.filter(({ id, name }) => id === search || name.includes(search)),
    })),
    answer(contract.createKey, ({ body }) => ({
      key: { ...find(fakeKeys(now), () => true, 'key'), name: body.name },
      secret: `rk_Ab12Cd34_${fakeHex(4, 40)}`,
    })),
    answer(contract.revokeKey, ({ params }) => ({
      key: { ...find(keys, (key) => key.id === params.id, 'key'), state: 'revoked' as const },
    })),
    ...gateway,
    answer(contract.invoke, ({ body }) => fakeAnswer(body.model)),
  ]
}

function fakeAnswer(model: string): contract.InvocationEvent[] {
  const text = 'The gateway listens on port **4701** [1]. Set `RATCHET_GATEWAY_PORT` to change it [2].'
  const passage = (rank: number, heading: string) => ({
    id: `c${String(rank)}`,
    path: rank === 1 ? 'install.md' : 'operations.md',
    title: rank === 1 ? 'Install' : 'Operations',
    heading,
    text: 'The gateway listens on port 4701, the control plane on 4700. Both bind to 127.0.0.1 unless told otherwise.',
    score: 0.0325 / rank,
  })
  return [
    { type: 'started', traceId: fakeHex(0, 32), model, release: 'r3' },
    { type: 'sources', sources: [passage(1, 'Ports'), passage(2, 'Environment variables')] },
    ...text.split(' ').map((word) => ({ type: 'text' as const, text: `${word} ` })),
    {
      type: 'finished',
      text,
      outputs: {},
      usage: {
        inputTokens: 812,
        outputTokens: 31,
        cachedInputTokens: 0,
        cacheWriteTokens: 0,
        reasoningTokens: 0,
      },
      costNano: 0,
      finishReason: 'stop',
      durationMs: 212,
      firstTextMs: 84,
    },
  ]
}
