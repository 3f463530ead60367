import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { limitReport, type LimitReport } from '@ratchet/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ControlLink } from './control-link.ts'
import { KnownSpend } from './known-spend.ts'
import type { PostReport } from './post-report.ts'
import { UseJournal } from './use-journal.ts'

let folder: string
let link: ControlLink
let warnings: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-link-'))
  warnings = []
})
afterEach(() => {
  link.abandon()
  rmSync(folder, { recursive: true, force: true })
})

function start(post: PostReport): void {
  const log = {
    info: () => undefined,
    warn: (_details: unknown, message?: string) => void warnings.push(message ?? ''),
    error: () => undefined,
  }
  const journal = new UseJournal(folder, '00000000-0000-4000-8000-000000000001')
  const known = new KnownSpend(join(folder, 'known.json'))
  link = new ControlLink({ instance: '00000000-0000-4000-8000-000000000001', post, journal, known, log })
  link.start({ onAnswered: () => undefined, isUsed: () => true })
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test('a process that stood still itself does not take control for gone', async () => {
  const posted = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<void>()
  start(async () => {
    posted.resolve()
    // Later than control may be silent, but there when this process goes on.
    await pause(1_300)
    answered.resolve()
    return { kind: 'answered', answer: { gateways: 2, budgets: [], rates: [] } }
  })
  link.hurry()
  await posted.promise
  const endMs = performance.now() + 1_600
  while (performance.now() < endMs);
  await answered.promise
  await expect.poll(() => link.gateways).toBe(2)
  expect(warnings).toEqual([])
})

test('what another process leaves behind while this one runs is told, too, and once', async () => {
  const posted: LimitReport[] = []
  start(async (body) => {
    posted.push(limitReport.parse(JSON.parse(body)))
    return { kind: 'answered', answer: { gateways: 1, budgets: [], rates: [] } }
  })
  link.hurry()
  await expect.poll(() => posted.length).toBeGreaterThan(0)
  const left = { instance: randomUUID(), sequence: 7, isLast: false, isLeftBehind: false, rates: [] }
  // Linux pids end at 4,194,304; nobody has this one.
  const path = join(folder, `4999999-${left.instance}.ndjson`)
  writeFileSync(path, `${JSON.stringify({ ...left, budgets: [] })}\n`)
  await expect.poll(() => existsSync(path)).toBe(false)
  expect(posted.filter(({ instance }) => instance === left.instance)).toMatchObject([
    { sequence: 7, isLeftBehind: true },
  ])
})

test('control that is silent for a second is taken for gone, and is there again with its next answer', async () => {
  const answer = Promise.withResolvers<void>()
  start(async () => {
    await answer.promise
    return { kind: 'answered', answer: { gateways: 1, budgets: [], rates: [] } }
  })
  link.hurry()
  await expect.poll(() => link.isUnreachable).toBe(true)
  expect(warnings).toHaveLength(1)
  answer.resolve()
  await expect.poll(() => link.isUnreachable).toBe(false)
})
