import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exampleAnswer, exampleKey } from '../../testing/example-answer.ts'
import type { AnswerFilter } from '../cached-answer.ts'
import { diskAnswerFiles, type AnswerFile, type AnswerFiles } from './answer-files.ts'
import { DiskAnswers, type DiskOptions } from './disk-answers.ts'
import { decodeRecord, encodeRecord } from './segment-record.ts'

let folder: string
let nowMs = 2_000
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-answers-'))
  nowMs = 2_000
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const openDisk = (options: Partial<DiskOptions> = {}) =>
  new DiskAnswers({
    files: diskAnswerFiles(folder),
    maxBytes: 1_000_000,
    nowMs: () => nowMs,
    ...options,
  }).open()

async function reopen(disk: DiskAnswers, options?: Partial<DiskOptions>): Promise<DiskAnswers> {
  await disk.close()
  return openDisk(options)
}

const bodyOf = async (disk: DiskAnswers, index: number) =>
  (await disk.load(exampleKey(index)))?.body.toString()
const answer = (text: string, facts = {}) => ({ ...exampleAnswer(facts), body: Buffer.from(text) })
const segmentsOf = () => readdirSync(folder).toSorted()
const pathOf = (name = '') => join(folder, name)

test('answers survive a restart, the newest of each key', async () => {
  let disk = await openDisk()
  disk.append(exampleKey(1), answer('first'))
  disk.append(exampleKey(2), answer('other'))
  disk.append(exampleKey(1), answer('second'))
  disk = await reopen(disk)
  expect([await bodyOf(disk, 1), await bodyOf(disk, 2), await bodyOf(disk, 3)]).toEqual([
    'second',
    'other',
    undefined,
  ])
  expect((await disk.load(exampleKey(1)))?.facts).toEqual(exampleAnswer().facts)
  expect(disk.describe()).toMatchObject({ answers: 2, segments: 1, dropped: 0, unreadable: 0, lastError: '' })
  await disk.close()
})

test('only the owner may read what is kept', async () => {
  const disk = await openDisk({ files: diskAnswerFiles(join(folder, 'inner')) })
  disk.append(exampleKey(1), answer('private'))
  await disk.close()
  expect(statSync(join(folder, 'inner')).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, 'inner', '000000000001.answers')).mode & 0o777).toBe(0o600)
})

test('answers that have expired are not taken back', async () => {
  let disk = await openDisk()
  disk.append(exampleKey(1), answer('old', { expiresAtMs: 3_000 }))
  await disk.flush()
  nowMs = 3_000
  disk = await reopen(disk)
  expect(disk.describe().answers).toBe(0)
  await disk.close()
})

test('what is forgotten stays forgotten after a restart, whether it was written, waiting or being written', async () => {
  let disk = await openDisk()
  disk.append(exampleKey(1), answer('written', { project: 'a' }))
  await disk.flush()
  disk.append(exampleKey(2), answer('being written', { project: 'a' }))
  await new Promise((resolve) => setImmediate(resolve))
  disk.append(exampleKey(3), answer('waiting', { project: 'a' }))
  disk.append(exampleKey(4), answer('another project', { project: 'b' }))
  expect(disk.forget({ project: 'a' })).toEqual([exampleKey(1)])
  disk.append(exampleKey(1), answer('kept again', { project: 'a' }))
  await disk.flush()
  const bodies = async () => Promise.all([1, 2, 3, 4].map((index) => bodyOf(disk, index)))
  const expected = ['kept again', undefined, undefined, 'another project']
  expect(await bodies()).toEqual(expected)
  disk = await reopen(disk)
  expect(await bodies()).toEqual(expected)
  await disk.close()
})

test('forgetting a newer answer does not bring back the one that it replaced', async () => {
  let disk = await openDisk()
  disk.append(exampleKey(1), answer('older', { model: 'openai/gpt' }))
  await disk.flush()
  disk.append(exampleKey(1), answer('newer', { model: 'azure/gpt' }))
  disk.forget({ model: 'azure/gpt' })
  expect(disk.find(exampleKey(1))).toBeUndefined()
  disk = await reopen(disk)
  expect(await bodyOf(disk, 1)).toBeUndefined()
  await disk.close()
})

test('the oldest answers go when the disk limit is reached', async () => {
  const disk = await openDisk({ maxBytes: 80_000 })
  for (let index = 0; index < 200; index++) {
    disk.append(exampleKey(index), answer('x'.repeat(1_000)))
    await disk.flush()
  }
  const onDisk = segmentsOf().reduce((sum, name) => sum + statSync(pathOf(name)).size, 0)
  expect(onDisk).toBeLessThanOrEqual(80_000)
  expect(disk.describe().bytes).toBe(onDisk)
  expect(await bodyOf(disk, 0)).toBeUndefined()
  expect(await bodyOf(disk, 199)).toHaveLength(1_000)
  await disk.close()
  const smaller = await openDisk({ maxBytes: 20_000 })
  expect(smaller.describe().bytes).toBeLessThanOrEqual(20_000)
  await smaller.close()
})

test('places of answers are bounded, too', async () => {
  const disk = await openDisk({ maxBytes: 200_000, maxAnswers: 100 })
  for (let index = 0; index < 500; index++) {
    disk.append(exampleKey(index), answer('tiny'))
    if (index % 20 === 0) await disk.flush()
  }
  await disk.flush()
  expect(disk.describe().answers).toBeLessThanOrEqual(120)
  expect(await bodyOf(disk, 499)).toBe('tiny')
  await disk.close()
})

test('a torn end costs the last answer, a broken start the rest of its segment, and other files are left alone', async () => {
  let disk = await openDisk()
  for (const index of [1, 2, 3]) disk.append(exampleKey(index), answer(`answer ${index}`))
  await disk.close()
  const [name] = segmentsOf()
  truncateSync(pathOf(name), statSync(pathOf(name)).size - 3)
  writeFileSync(pathOf('000000000007.answers'), 'this is no segment')
  writeFileSync(pathOf('notes.txt'), 'mine')
  disk = await openDisk()
  expect(await Promise.all([1, 2, 3].map((index) => bodyOf(disk, index)))).toEqual([
    'answer 1',
    'answer 2',
    undefined,
  ])
  expect(disk.describe().unreadable).toBe(2)
  disk.append(exampleKey(3), answer('again'))
  disk = await reopen(disk)
  expect(await bodyOf(disk, 3)).toBe('again')
  expect(segmentsOf()).toContain('000000000008.answers')
  expect(readFileSync(pathOf('notes.txt'), 'utf8')).toBe('mine')
  await disk.close()
})

test('an answer that was damaged on disk is not given', async () => {
  const disk = await openDisk()
  disk.append(exampleKey(1), answer('answer one'))
  await disk.flush()
  const [name] = segmentsOf()
  const bytes = readFileSync(pathOf(name))
  bytes.write('A', bytes.length - 4)
  writeFileSync(pathOf(name), bytes)
  expect(await bodyOf(disk, 1)).toBeUndefined()
  expect(disk.find(exampleKey(1))).toBeUndefined()
  expect(disk.describe().unreadable).toBe(1)
  await disk.close()
})

test('a body that holds a record cannot smuggle it in, also when its own record is damaged', async () => {
  const smuggled = encodeRecord(
    { kind: 'answer', key: exampleKey(2), facts: exampleAnswer({ project: 'victim' }).facts },
    Buffer.from('poison'),
  )
  let disk = await openDisk()
  disk.append(exampleKey(1), { ...exampleAnswer(), body: Buffer.concat([smuggled, Buffer.from('tail')]) })
  await disk.close()
  const [name] = segmentsOf()
  truncateSync(pathOf(name), statSync(pathOf(name)).size - 2)
  disk = await openDisk()
  expect(await bodyOf(disk, 2)).toBeUndefined()
  await disk.close()
})

test('every flipped bit of a record is noticed', () => {
  const record = encodeRecord(
    { kind: 'answer', key: exampleKey(1), facts: exampleAnswer().facts },
    Buffer.from('hello'),
  )
  expect(decodeRecord(record, 0)?.body.toString()).toBe('hello')
  fc.assert(
    fc.property(fc.nat(record.length * 8 - 1), (bit) => {
      const broken = Buffer.from(record)
      broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(decodeRecord(broken, 0)).toBeUndefined()
    }),
    { numRuns: 500 },
  )
})

test('no bytes whatever make reading throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, offset) => {
      const framed = Buffer.concat([Buffer.from('RCA1'), bytes])
      expect(decodeRecord(framed, 0)).toBeUndefined()
      expect(decodeRecord(framed, offset)).toBeUndefined()
    }),
  )
})

/** A disk that can be told to fail. */
function fragileFiles(broken: { isFull: boolean }): AnswerFiles {
  const files = diskAnswerFiles(folder)
  const guard = (file: AnswerFile): AnswerFile => ({
    ...file,
    write: async (offset, bytes) => {
      if (!broken.isFull) return file.write(offset, bytes)
      await file.write(offset, bytes.subarray(0, bytes.length / 2))
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    },
  })
  return { ...files, create: async (name) => guard(await files.create(name)) }
}

test('a full disk costs answers, which are counted, and what was forgotten does not come back', async () => {
  const broken = { isFull: false }
  let disk = await openDisk({ files: fragileFiles(broken) })
  disk.append(exampleKey(1), answer('one', { project: 'a' }))
  await disk.flush()
  broken.isFull = true
  disk.append(exampleKey(2), answer('two'))
  await disk.flush()
  disk.append(exampleKey(3), answer('three'))
  await disk.flush()
  expect(disk.describe()).toMatchObject({ dropped: 2, answers: 1 })
  expect(disk.describe().lastError).toContain('ENOSPC')
  expect(await bodyOf(disk, 1)).toBe('one')
  disk.forget({ project: 'a' })
  disk = await reopen(disk)
  expect(disk.describe().answers).toBe(0)

  broken.isFull = false
  nowMs += 10_000
  disk.append(exampleKey(4), answer('four'))
  disk = await reopen(disk)
  expect(await bodyOf(disk, 4)).toBe('four')
  await disk.close()
})

test('a clock that goes back neither keeps a disk paused nor brings an older answer back', async () => {
  const broken = { isFull: true }
  nowMs = 10_000_000
  let disk = await openDisk({ files: fragileFiles(broken) })
  disk.append(exampleKey(1), answer('lost'))
  await disk.flush()
  broken.isFull = false
  nowMs -= 5_000_000
  const at = (ms: number) => ({ createdAtMs: ms, expiresAtMs: ms + 20_000_000 })
  disk.append(exampleKey(2), answer('first', at(10_000_000)))
  await disk.flush()
  disk.append(exampleKey(2), answer('second', at(nowMs)))
  await disk.flush()
  expect(await bodyOf(disk, 2)).toBe('second')
  disk = await reopen(disk)
  expect(await bodyOf(disk, 2)).toBe('second')
  await disk.close()
})

test('a folder that cannot be listed leaves the disk empty and does not throw', async () => {
  const files = { ...diskAnswerFiles(folder), list: () => Promise.reject(new Error('EACCES')) }
  const disk = await openDisk({ files })
  expect(disk.describe()).toMatchObject({ answers: 0, unreadable: 1, lastError: 'Error: EACCES' })
  await disk.close()
})

test('more than may wait is not taken', async () => {
  const disk = await openDisk({ maxWaitingBytes: 5_000 })
  for (let index = 0; index < 10; index++) disk.append(exampleKey(index), answer('x'.repeat(1_000)))
  await disk.flush()
  const { answers, dropped } = disk.describe()
  expect(answers).toBeLessThan(5)
  expect(answers + dropped).toBe(10)
  await disk.close()
})

type Step =
  | { readonly kind: 'append'; readonly key: number; readonly project: string }
  | { readonly kind: 'forget'; readonly filter: AnswerFilter }
  | { readonly kind: 'flush' | 'reopen' }
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      key: fc.nat(5),
      project: fc.constantFrom('a', 'b'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('forget' as const),
      filter: fc.constantFrom(
        { project: 'a' },
        { project: 'b' },
        {},
        { keyPrefix: exampleKey(1).slice(0, 4) },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('flush' as const, 'reopen' as const) }) },
)

test('whatever is appended, forgotten and restarted, it holds what a plain table would hold', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 40 }), async (steps) => {
      rmSync(folder, { recursive: true, force: true })
      let disk = await openDisk()
      const model = new Map<string, string>()
      for (const [number, step] of steps.entries()) {
        if (step.kind === 'append') {
          disk.append(exampleKey(step.key), answer(`${number}`, { project: step.project }))
          model.set(exampleKey(step.key), `${step.project} ${number}`)
        } else if (step.kind === 'forget') {
          const { project, keyPrefix } = step.filter
          disk.forget(step.filter)
          for (const [key, value] of model) {
            if (project !== undefined && !value.startsWith(project)) continue
            if (keyPrefix === undefined || key.startsWith(keyPrefix)) model.delete(key)
          }
        } else if (step.kind === 'flush') await disk.flush()
        else disk = await reopen(disk)
      }
      disk = await reopen(disk)
      for (let key = 0; key <= 5; key++) {
        const loaded = await disk.load(exampleKey(key))
        const held = loaded && `${loaded.facts.project} ${loaded.body.toString()}`
        expect(held).toBe(model.get(exampleKey(key)))
      }
      await disk.close()
    }),
    { numRuns: 100 },
  )
})
