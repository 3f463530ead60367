import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  link = new ControlLink({ instance: 'i', post, journal, known, log })
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
