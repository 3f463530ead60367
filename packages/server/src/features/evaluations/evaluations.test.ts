import { AppError, evaluationSpec, type InvocationEvent } from '@ratchet/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Clickhouse } from '#platform/clickhouse/open-clickhouse.ts'
import { systemClock } from '#platform/clock.ts'
import { newId } from '#platform/ids.ts'
import { openJobs, type Jobs } from '#platform/jobs/open-jobs.ts'
import { silentLog } from '#platform/log.ts'
import { platformMigrations } from '#platform/platform-migrations.ts'
import type { Postgres } from '#platform/postgres/open-postgres.ts'
import { eachClickhouse, eachPostgres } from '#platform/testing/engines.ts'
import { datasetsMigrations, makeDatasets, type Datasets } from '#features/datasets'
import type { Invocation } from '#features/invocations'
import { makeEvaluations, type Evaluations } from './evaluations.ts'
import { runEvaluationJob } from './run-evaluation-job.ts'
import { evaluationsColumnarMigrations, evaluationsMigrations } from './tables.ts'

const project = '0192aaaa-0000-7000-8000-000000000001'
const elsewhere = '0192aaaa-0000-7000-8000-000000000002'

const questionOf = ({ messages: [first] }: Invocation) =>
  typeof first?.content === 'string' ? first.content : ''

/** A target that answers as the test says, and remembers what it was asked. */
type Target = (call: Invocation) => Promise<string> | string
const source = { id: '1', path: 'docs/a.md', title: 'A', heading: '', text: 'The port is 4701.', score: 1 }

eachClickhouse((openColumnar) => {
  let clickhouse: Clickhouse
  beforeAll(async () => {
    clickhouse = await openColumnar(evaluationsColumnarMigrations)
  })
  eachPostgres((openDatabase) => {
    let postgres: Postgres
    let jobs: Jobs
    let evaluations: Evaluations
    let datasets: Datasets
    let target: Target = () => ''
    const asked: string[] = []

    async function startServer(): Promise<void> {
      jobs = await openJobs({ postgres, definitions: [runEvaluationJob], log: silentLog, watchEveryMs: 100 })
      evaluations = makeEvaluations({
        db: postgres.db,
        clickhouse,
        jobs,
        datasets,
        invocations: {
          resolve: async (_project, model) => {
            if (!model.includes('@gone')) return { model, releaseDigest: '' }
            throw new AppError('not_found', { message: `No release "gone" of ${model}.` })
          },
          invoke: async (call) => {
            asked.push(questionOf(call))
            return answer(call)
          },
        },
        clock: { ...systemClock, sleep: async () => {} },
        makeId: newId,
        log: silentLog,
      })
      await jobs.start()
    }
    async function* answer(call: Invocation): AsyncGenerator<InvocationEvent> {
      const text = await target(call)
      yield { type: 'started', traceId: 'a'.repeat(32), model: call.model, release: 'r7' }
      if (text.startsWith('!')) {
        yield { type: 'failed', error: { code: text.slice(1), message: `It said ${text.slice(1)}` } }
        return
      }
      yield { type: 'sources', sources: [source] }
      const usage = {
        inputTokens: 1,
        outputTokens: 1,
        cachedInputTokens: 0,
        cacheWriteTokens: 0,
        reasoningTokens: 0,
      }
      yield { type: 'finished', text, outputs: {}, usage, costNano: 5, finishReason: 'stop', durationMs: 10 }
    }
    const itemsOf = (count: number) =>
      Array.from({ length: count }, (_, n) => ({
        id: `i${n}`,
        inputs: { question: `q${n}` },
        expected: { answer: `a${n}`, page: 'a.md' },
        metadata: { page: n % 2 === 0 ? 'even' : 'odd' },
      }))
    const right: Target = (call) => questionOf(call).replace('q', 'a')

    async function started(more: object = {}, count = 6) {
      asked.length = 0
      await datasets.put(project, { name: `set-${count}`, items: itemsOf(count) })
      const spec = evaluationSpec.parse({
        name: 'quality',
        target: 'app/docs',
        evaluators: ['exact-match'],
        ...more,
      })
      const given = { spec, dataset: { name: `set-${count}` }, environment: 'development', createdBy: 'ada' }
      return evaluations.start(project, given)
    }
    const reaches = (id: string, state: string) =>
      expect.poll(async () => (await evaluations.get(project, id)).state, { interval: 20 }).toBe(state)

    beforeAll(async () => {
      postgres = await openDatabase([...platformMigrations, ...datasetsMigrations, ...evaluationsMigrations])
      datasets = makeDatasets({ db: postgres.db, clock: systemClock })
      await startServer()
    })
    afterAll(() => jobs.stop())

    test('a run asks every item, keeps each result with its trace, and ends with figures and conditions', async () => {
      target = (call) => (questionOf(call) === 'q5' ? 'wrong' : right(call))
      const { id } = await started({
        repeats: 2,
        evaluators: ['exact-match', { name: 'retrieval-recall', as: 'recall', k: 1 }, 'cost'],
        thresholds: ['exact-match >= 0.8', 'recall.low > 0.99'],
      })
      await reaches(id, 'done')
      const evaluation = await evaluations.get(project, id)
      expect(evaluation).toMatchObject({
        progress: { done: 12, total: 12, failed: 0 },
        targetRelease: 'r7',
        metrics: {
          'exact-match': { mean: 10 / 12, n: 12, unscored: 0, method: 'wilson' },
          cost: { mean: 5 },
        },
        thresholds: [
          { expression: 'exact-match >= 0.8', passed: true },
          { expression: 'recall.low > 0.99', passed: false },
        ],
        passed: false,
        createdBy: 'ada',
      })
      expect(Date.parse(evaluation.endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(evaluation.createdAt))
      const page = await evaluations.listItems(project, id, { limit: 3, failedOnly: false })
      expect(page.items[0]).toEqual({
        itemId: 'i0',
        repeat: 1,
        inputs: { question: 'q0' },
        expected: { answer: 'a0', page: 'a.md' },
        metadata: { page: 'even' },
        output: 'a0',
        error: '',
        traceId: 'a'.repeat(32),
        latencyMs: 10,
        costNano: 5,
        scores: {
          'exact-match': { score: 1, passed: true, reason: 'Equals "a0".' },
          recall: { score: 1, reason: 'Found among the first 1.' },
          cost: { score: 5, reason: '5 nano-dollars.' },
        },
      })
      const next = await evaluations.listItems(project, id, {
        limit: 50,
        cursor: page.nextCursor,
        failedOnly: false,
      })
      expect([...page.items, ...next.items].map((item) => `${item.itemId} ${item.repeat}`)).toEqual(
        itemsOf(6).flatMap((item) => [`${item.id} 1`, `${item.id} 2`]),
      )
      const failed = await evaluations.listItems(project, id, { limit: 50, failedOnly: true })
      expect(failed.items.map((item) => item.itemId)).toEqual(['i5', 'i5'])
    })

    test('a provider that stumbles is asked again; one that stays down leaves its item unscored', async () => {
      const tries = new Map<string, number>()
      target = (call) => {
        const question = questionOf(call)
        const count = (tries.get(question) ?? 0) + 1
        tries.set(question, count)
        if (question === 'q1' && count <= 2) return '!provider_error'
        if (question === 'q2') return '!overloaded'
        return question === 'q3' ? '!timeout' : right(call)
      }
      const { id } = await started({ evaluators: ['exact-match', 'abstention'] })
      await reaches(id, 'done')
      expect(asked.filter((question) => question === 'q2')).toHaveLength(3)
      expect(asked.filter((question) => question === 'q3')).toHaveLength(1)
      const evaluation = await evaluations.get(project, id)
      expect(evaluation.progress).toEqual({ done: 6, total: 6, failed: 2 })
      expect(evaluation.metrics['exact-match']).toMatchObject({ mean: 1, n: 4, unscored: 2 })
      const { items } = await evaluations.listItems(project, id, { limit: 9, failedOnly: true })
      expect(items.map((item) => [item.itemId, item.error])).toEqual([
        ['i2', 'It said overloaded'],
        ['i3', 'It said timeout'],
      ])
    })

    test('at most as many items as allowed are asked at once', async () => {
      let open = 0
      let most = 0
      target = async (call) => {
        most = Math.max(most, ++open)
        await new Promise((resolve) => setTimeout(resolve, 5))
        open--
        return right(call)
      }
      await reaches((await started({ concurrency: 3 }, 20)).id, 'done')
      expect(most).toBe(3)
    })

    test('a cancelled run stops, keeps what it has, and goes on with the rest when resumed', async () => {
      const gate = Promise.withResolvers<void>()
      target = async (call) => {
        if (asked.length > 3) await Promise.race([gate.promise, rejected(call.signal)])
        return right(call)
      }
      const { id } = await started({ concurrency: 1 })
      await expect.poll(() => asked.length).toBe(4)
      expect(await evaluations.cancel(project, id)).toMatchObject({ state: 'cancelled' })
      await expect(evaluations.cancel(project, id)).rejects.toMatchObject({ code: 'conflict' })
      await expect
        .poll(
          async () =>
            (await evaluations.listItems(project, id, { limit: 9, failedOnly: false })).items.length,
        )
        .toBe(3)
      target = right
      await evaluations.resume(project, id)
      await reaches(id, 'done')
      expect(asked).toEqual(['q0', 'q1', 'q2', 'q3', 'q3', 'q4', 'q5'])
      await expect(evaluations.resume(project, id)).rejects.toMatchObject({ code: 'conflict' })
    })

    test('a run that is resumed before its cancelled job has let go runs to its end', async () => {
      const late = Promise.withResolvers<void>()
      const next = Promise.withResolvers<void>()
      target = async (call) => {
        if (asked.length > 1) await next.promise
        else await rejected(call.signal).catch(() => late.promise)
        return right(call)
      }
      const { id } = await started({ concurrency: 1 })
      await expect.poll(() => asked.length).toBe(1)
      await evaluations.cancel(project, id)
      await evaluations.resume(project, id)
      await expect.poll(() => asked.length).toBe(2)
      late.resolve()
      // The cancelled job says its last word meanwhile.
      await new Promise((resolve) => setTimeout(resolve, 300))
      next.resolve()
      await reaches(id, 'done')
    })

    test('a server that stops mid-run goes on after its restart without asking an answered item again', async () => {
      target = async (call) => {
        if (asked.length > 2) await rejected(call.signal)
        return right(call)
      }
      const { id } = await started({ concurrency: 1 })
      await expect.poll(() => asked.length).toBe(3)
      await jobs.stop()
      expect((await evaluations.get(project, id)).state).toBe('running')
      target = right
      await startServer()
      await reaches(id, 'done')
      expect(asked).toEqual(['q0', 'q1', 'q2', 'q2', 'q3', 'q4', 'q5'])
    })

    test('what every item would meet stops the run at once and says why; resuming asks failed items again', async () => {
      target = (call) => (questionOf(call) === 'q1' ? '!model_not_found' : '!timeout')
      const { id } = await started({ concurrency: 1 })
      await reaches(id, 'failed')
      expect(await evaluations.get(project, id)).toMatchObject({ error: 'It said model_not_found' })
      expect(asked).not.toContain('q2')
      target = right
      await evaluations.resume(project, id)
      await reaches(id, 'done')
      expect((await evaluations.get(project, id)).metrics['exact-match']).toMatchObject({ mean: 1, n: 6 })
      expect((await evaluations.get(project, id)).progress).toEqual({ done: 6, total: 6, failed: 0 })
    })

    test('two runs are compared item by item, with the largest changes first', async () => {
      target = (call) => (Number(questionOf(call).slice(1)) < 3 ? 'wrong' : right(call))
      const worse = await started({}, 8)
      await reaches(worse.id, 'done')
      target = (call) => (questionOf(call) === 'q7' ? 'wrong' : right(call))
      const better = await started({ evaluators: ['exact-match', 'latency'] }, 8)
      await reaches(better.id, 'done')
      const { comparison, items } = await evaluations.compare(project, {
        a: worse.id,
        b: better.id,
        limit: 4,
      })
      expect(comparison).toMatchObject({
        'exact-match': { difference: 0.25, n: 8, improved: 3, worse: 1, equal: 4 },
      })
      expect(Object.keys(comparison)).toEqual(['exact-match'])
      expect(items.map(({ itemId, change }) => [itemId, change])).toEqual([
        ['i0', 1],
        ['i1', 1],
        ['i2', 1],
        ['i7', -1],
      ])
      expect(items[0]).toMatchObject({ a: { output: 'wrong' }, b: { output: 'a0' } })
      const other = await started({}, 6)
      await reaches(other.id, 'done')
      await expect(
        evaluations.compare(elsewhere, { a: worse.id, b: better.id, limit: 4 }),
      ).rejects.toMatchObject({
        code: 'not_found',
      })
    })

    test('what can be known to be wrong is refused before anything runs', async () => {
      await expect(started({ evaluators: ['token-fl'] })).rejects.toThrow('Did you mean "token-f1"')
      await expect(started({ evaluators: ['cost', 'cost'] })).rejects.toThrow(
        'Two evaluators give the metric "cost"',
      )
      await expect(started({ thresholds: ['groundedness > 1'] })).rejects.toThrow('No metric "groundedness"')
      await expect(started({ target: 'app/docs@gone' })).rejects.toMatchObject({ code: 'not_found' })
      expect(asked).toEqual([])
      const spec = evaluationSpec.parse({ name: 'x', target: 'a/b', evaluators: ['cost'] })
      const missing = { spec, dataset: { name: 'nothing' }, environment: 'development', createdBy: 'ada' }
      await expect(evaluations.start(project, missing)).rejects.toMatchObject({ code: 'not_found' })
    })

    test('a plain model that is given no question fails the item with the names of its inputs', async () => {
      target = right
      const { id } = await started({ target: 'offline/extractive', question: 'prompt' })
      await reaches(id, 'failed')
      expect((await evaluations.get(project, id)).error).toContain('has no input "prompt"')
      expect((await evaluations.get(project, id)).error).toContain('question')
    })

    test('evaluations are listed newest first, by name and app, in their project only', async () => {
      const page = await evaluations.list(project, { limit: 2, app: 'docs' })
      expect(page.items).toHaveLength(2)
      expect(page.items[0]!.id > page.items[1]!.id).toBe(true)
      const next = await evaluations.list(project, { limit: 2, app: 'docs', cursor: page.nextCursor })
      expect(next.items[0]!.id < page.items[1]!.id).toBe(true)
      expect((await evaluations.list(project, { limit: 9, name: 'nothing' })).items).toEqual([])
      expect((await evaluations.list(elsewhere, { limit: 9 })).items).toEqual([])
    })
  })
})

function rejected(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason)
    signal?.addEventListener('abort', () => reject(signal.reason))
  })
}
