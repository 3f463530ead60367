import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimFolder } from './claim-folder.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-claim-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('several owners at once have folders of their own; one that is left is taken again', () => {
  const first = claimFolder(root, 'a')
  const second = claimFolder(root, 'b')
  expect([first, second].map(({ path }) => basename(path))).toEqual(['1', '2'])
  first.release()
  expect(claimFolder(root, 'c').path).toBe(first.path)
})

test('the folder of a process that was killed, or whose pid belongs to another one now, is taken over', () => {
  const first = claimFolder(root, 'a')
  for (const owner of [
    { pid: 2 ** 30, processStart: '', instance: 'a' },
    { pid: process.pid, processStart: '1', instance: 'a' },
  ]) {
    writeFileSync(join(first.path, 'owner.json'), JSON.stringify(owner))
    expect(claimFolder(root, 'b').path).toBe(first.path)
  }
  writeFileSync(join(first.path, 'owner.json'), '{"pid"')
  expect(claimFolder(root, 'c').path).toBe(first.path)
  expect(readdirSync(first.path)).toEqual(['owner.json'])
})

test('who lets go late does not take the folder from its next owner', () => {
  const first = claimFolder(root, 'a')
  writeFileSync(
    join(first.path, 'owner.json'),
    JSON.stringify({ pid: 2 ** 30, processStart: '', instance: 'a' }),
  )
  const next = claimFolder(root, 'b')
  first.release()
  expect(claimFolder(root, 'c').path).not.toBe(next.path)
})
