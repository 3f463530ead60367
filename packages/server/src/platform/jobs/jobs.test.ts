import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { createDatabase, eachPostgres } from '../../../../../test/harness/each-postgres.ts'
import { silentLog } from '../log.ts'
import { platformMigrations } from '../platform-migrations.ts'
import type { Postgres } from '../postgres/open-postgres.ts'
import { openPostgres } from '../postgres/open-postgres.ts'
import { transaction } from '../postgres/transaction.ts'
import { defineJob, type JobCall } from './define-job.ts'
import { openJobs, type Jobs } from './open-jobs.ts'

const project = '0192aaaa-0000-7000-8000-000000000001'
const other = '0192aaaa-0000-7000-8000-000000000002'
type Payload = { word: string }
const payload = z.object({ word: z.string() })
const plain = defineJob({ name: 'plain', payload, summarise: ({ word }) => `say ${word}` })
const flaky = defineJob({ name: 'flaky', payload, retryLimit: 2, retryDelaySeconds: 0.01 })
const endless = defineJob({ name: 'endless', payload, retryLimit: 0 })
const expiring = defineJob({ name: 'expiring', payload, retryLimit: 0, expireInSeconds: 1 })
const idle = defineJob({ name: 'idle', payload })
const definitions = [plain, flaky, endless, expiring, idle]

eachPostgres((open) => {
  let postgres: Postgres
  let jobs: Jobs
  const calls: JobCall<Payload>[] = []
  const until = (id: string, state: string) =>
    vi.waitFor(
      async () => {
        const job = await jobs.get(project, id)
        expect(job.state).toBe(state)
        return job
      },
      { timeout: 20_000, interval: 30 },
    )

  beforeAll(async () => {
    postgres = await open(platformMigrations)
    jobs = await openJobs({
      postgres,
      definitions,
      log: silentLog,
      watchEveryMs: 200,
      pollingIntervalSeconds: 0.5,
    })
    jobs.work(plain, async (call) => {
      calls.push(call)
      call.progress(1, 2, 'half')
      call.progress(2, 2, 'all')
    })
    jobs.work(flaky, async ({ attempt, payload: { word } }) => {
      if (attempt < 3 || word === 'never') throw new Error(`attempt ${attempt} failed`)
    })
    const untilAborted = ({ signal, progress }: JobCall<Payload>) =>
      new Promise<void>((_, reject) => {
        progress(1, 10)
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    jobs.work(endless, untilAborted, { concurrency: 2 })
    jobs.work(expiring, untilAborted)
    await jobs.start()
  })
  afterAll(() => jobs.stop())

  test('a job runs once with its parsed payload, and shows progress, summary and times', async () => {
    const id = await jobs.enqueue(plain, { word: 'hello' }, { project })
    const job = await until(id, 'done')
    expect(job).toMatchObject({
      name: 'plain',
      summary: 'say hello',
      attempts: 1,
      progress: { done: 2, total: 2, message: 'all' },
    })
    expect(Date.parse(job.endedAt!)).toBeGreaterThanOrEqual(Date.parse(job.startedAt!))
    expect(calls.filter((call) => call.jobId === id)).toMatchObject([
      { project, payload: { word: 'hello' }, attempt: 1 },
    ])
  })

  test('a payload that does not fit is refused before it is stored', async () => {
    await expect(jobs.enqueue(plain, { word: 1 } as any, { project })).rejects.toThrow(/expected string/)
  })

  test('a failing job is repeated, then done; one that always fails keeps its last error', async () => {
    const [lucky, never] = await Promise.all([
      jobs.enqueue(flaky, { word: 'x' }, { project }),
      jobs.enqueue(flaky, { word: 'never' }, { project }),
    ])
    expect(await until(lucky, 'done')).toMatchObject({ attempts: 3 })
    expect(await until(never, 'failed')).toMatchObject({ attempts: 3, error: 'attempt 3 failed' })
    await expect(jobs.retry(project, lucky)).rejects.toMatchObject({ code: 'conflict' })
    expect((await jobs.retry(project, never)).state).not.toBe('failed')
    expect(await until(never, 'failed')).toMatchObject({ attempts: 6 })
  })

  test('jobs of a rolled-back transaction do not exist', async () => {
    let id = ''
    const failing = transaction(postgres.db, async (trx) => {
      id = await jobs.enqueue(plain, { word: 'ghost' }, { project, trx })
      throw new Error('rolled back')
    })
    await expect(failing).rejects.toThrow('rolled back')
    await expect(jobs.get(project, id)).rejects.toMatchObject({ code: 'not_found' })
    expect(calls.some((call) => call.jobId === id)).toBe(false)
  })

  test('a running job is cancelled through its signal, a queued one never starts, an ended one is a conflict', async () => {
    const running = await jobs.enqueue(endless, { word: 'a' }, { project })
    await until(running, 'running')
    expect(await jobs.cancel(project, running)).toMatchObject({ state: 'cancelled' })
    await expect(jobs.cancel(project, running)).rejects.toMatchObject({
      code: 'conflict',
      details: { state: 'cancelled' },
    })
    const later = await jobs.enqueue(
      plain,
      { word: 'later' },
      { project, startAfter: new Date(Date.now() + 60_000) },
    )
    await jobs.cancel(project, later)
    expect(await jobs.get(project, later)).toMatchObject({ state: 'cancelled', attempts: 0 })
  })

  test('a job cancelled by another process stops here within moments', async () => {
    const id = await jobs.enqueue(endless, { word: 'b' }, { project })
    await until(id, 'running')
    await sql`update jobs set state = 'cancelled', ended_at = now() where id = ${id}`.execute(postgres.db)
    const after = await jobs.enqueue(endless, { word: 'c' }, { project })
    const third = await jobs.enqueue(endless, { word: 'd' }, { project })
    // Two at a time: both can only run when the cancelled one has let go.
    await until(after, 'running')
    await until(third, 'running')
    await jobs.cancel(project, after)
    await jobs.cancel(project, third)
  })

  test('an attempt that takes too long is stopped and says so', async () => {
    const id = await jobs.enqueue(expiring, { word: 'slow' }, { project })
    expect(await until(id, 'failed')).toMatchObject({ error: expect.stringMatching(/longer than 1 s/) })
  })

  test('a key holds one unfinished job of a project, and is free again when it ends', async () => {
    const enqueue = (of: string) => jobs.enqueue(endless, { word: 'k' }, { project: of, key: 'nightly' })
    const [one, two, elsewhere] = await Promise.all([enqueue(project), enqueue(project), enqueue(other)])
    expect(two).toBe(one)
    expect(elsewhere).not.toBe(one)
    await jobs.cancel(project, one)
    await jobs.cancel(other, elsewhere)
    const next = await enqueue(project)
    expect(next).not.toBe(one)
    await jobs.cancel(project, next)
  })

  test('lists are by project, newest first, filtered and paged', async () => {
    const ids: string[] = []
    for (const word of ['1', '2', '3']) ids.unshift(await jobs.enqueue(idle, { word }, { project: other }))
    const first = await jobs.list({ project: other, name: 'idle', limit: 2 })
    const second = await jobs.list({ project: other, name: 'idle', limit: 2, cursor: first.nextCursor })
    expect([...first.items, ...second.items].map((job) => job.id)).toEqual(ids)
    expect((await jobs.list({ project: other, name: 'idle', state: 'done', limit: 9 })).items).toEqual([])
    await expect(jobs.get(project, ids[0]!)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('schedules are kept per key and checked', async () => {
    await jobs.schedule(plain, '0 3 * * *', { word: 'night' }, { project, key: 'night' })
    await jobs.schedule(plain, '0 4 * * *', { word: 'night' }, { project, key: 'night' })
    await expect(jobs.schedule(plain, 'every day', { word: 'x' }, { project, key: 'bad' })).rejects.toThrow(
      /./,
    )
    const { rows } = await sql<{
      cron: string
    }>`select cron from ratchet_queue.schedule where key = 'night'`.execute(postgres.db)
    expect(rows).toEqual([{ cron: '0 4 * * *' }])
    await jobs.unschedule(plain, 'night')
  })
})

describe('a restart', () => {
  eachPostgres((open) => {
    test('continues what a stop interrupted, and gives up on what kills the process', async () => {
      const postgres = await open(platformMigrations)
      const attempts: number[] = []
      const start = async (handler: (call: JobCall<Payload>) => Promise<void>) => {
        const jobs = await openJobs({ postgres, definitions, log: silentLog, watchEveryMs: 100 })
        jobs.work(endless, handler)
        await jobs.start()
        return jobs
      }
      const first = await start(
        ({ signal, attempt }) =>
          new Promise((_, reject) => {
            attempts.push(attempt)
            signal.addEventListener('abort', () => reject(signal.reason))
          }),
      )
      const id = await first.enqueue(endless, { word: 'resume' }, { project })
      await vi.waitFor(() => expect(attempts).toEqual([1]), { timeout: 20_000 })
      await first.stop()
      expect(await first.get(project, id)).toMatchObject({ state: 'queued' })
      const second = await start(async ({ attempt }) => void attempts.push(attempt))
      await vi.waitFor(
        async () => expect(await second.get(project, id)).toMatchObject({ state: 'done', attempts: 2 }),
        { timeout: 20_000 },
      )
      await sql`update jobs set state = 'running', crashes = 2, queue_id = gen_random_uuid() where id = ${id}`.execute(
        postgres.db,
      )
      await vi.waitFor(
        async () =>
          expect(await second.get(project, id)).toMatchObject({
            state: 'failed',
            error: expect.stringMatching(/died 3 times/),
          }),
        { timeout: 20_000 },
      )
      await second.stop()
    })
  })

  test('after kill -9 runs the job again, at once when embedded', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ratchet-jobs-'))
    const { id } = await killWhileRunning(join(folder, 'postgres'), undefined)
    const postgres = await openPostgres({
      source: { folder: join(folder, 'postgres') },
      migrations: platformMigrations,
      log: silentLog,
    })
    const jobs = await openJobs({ postgres, definitions, log: silentLog })
    jobs.work(endless, async () => {})
    await jobs.start()
    await vi.waitFor(
      async () => expect(await jobs.get(project, id)).toMatchObject({ state: 'done', attempts: 2 }),
      { timeout: 20_000 },
    )
    await jobs.stop()
    await postgres.stop()
    rmSync(folder, { recursive: true })
  })

  test('after kill -9 of one of several servers runs the job elsewhere once its heartbeat is overdue', async () => {
    const cleanups: (() => Promise<void>)[] = []
    const databaseUrl = await createDatabase(cleanups)
    const { id } = await killWhileRunning('', databaseUrl)
    const postgres = await openPostgres({
      source: { memory: true },
      databaseUrl,
      migrations: platformMigrations,
      log: silentLog,
    })
    const jobs = await openJobs({ postgres, definitions, log: silentLog, watchEveryMs: 100 })
    jobs.work(endless, async () => {})
    await jobs.start()
    expect(await jobs.get(project, id)).toMatchObject({ state: 'running' })
    await sql`update ratchet_queue.job set heartbeat_on = now() - interval '60 s', started_on = now() - interval '60 s'
      where state = 'active' and name = 'endless'`.execute(postgres.db)
    await vi.waitFor(
      async () => expect(await jobs.get(project, id)).toMatchObject({ state: 'done', attempts: 2 }),
      { timeout: 20_000 },
    )
    await jobs.stop()
    await postgres.stop()
    for (const cleanup of cleanups) await cleanup()
  })
})

/** Starts a process that takes a job and never ends it, and kills it. */
async function killWhileRunning(folder: string, databaseUrl: string | undefined): Promise<{ id: string }> {
  const from = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)
  const script = `
    const { openPostgres } = await import(${from('../postgres/open-postgres.ts')})
    const { openJobs } = await import(${from('./open-jobs.ts')})
    const { defineJob } = await import(${from('./define-job.ts')})
    const { platformMigrations } = await import(${from('../platform-migrations.ts')})
    const { silentLog } = await import(${from('../log.ts')})
    const { z } = await import('zod')
    const postgres = await openPostgres({ source: { folder: ${JSON.stringify(folder)} }, databaseUrl: ${JSON.stringify(databaseUrl)}, migrations: platformMigrations, log: silentLog })
    const endless = defineJob({ name: 'endless', payload: z.object({ word: z.string() }), retryLimit: 0 })
    const jobs = await openJobs({ postgres, definitions: [endless], log: silentLog })
    jobs.work(endless, async ({ jobId }) => { console.log(jobId); await new Promise(() => {}) })
    await jobs.start()
    await jobs.enqueue(endless, { word: 'x' }, { project: ${JSON.stringify(project)} })
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: import.meta.dirname,
  })
  const [id] = (await once(createInterface(child.stdout), 'line')) as [string]
  child.kill('SIGKILL')
  await once(child, 'exit')
  return { id }
}
