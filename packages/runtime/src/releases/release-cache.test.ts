import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeControlClient, type ControlClient } from '../runner/control-client.ts'
import { startFakeControl, type FakeControl } from '../testing/fake-control.ts'
import { ReleaseCache } from './release-cache.ts'

const project = '00000000-0000-7000-8000-000000000001'
const other = '00000000-0000-7000-8000-000000000002'
const indexes = { docs: 'd'.repeat(64) }

let root: string
let control: FakeControl
let client: ControlClient
let nowMs: number

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'ratchet-cache-'))
  control = await startFakeControl(join(root, 'control.sock'))
  client = makeControlClient({ socketPath: control.socketPath })
  nowMs = Date.now()
})
afterEach(async () => {
  await client.close()
  await control.stop()
  rmSync(root, { recursive: true, force: true })
})

function openCache(bounds: { maxReleases?: number; limitBytes?: number } = {}): ReleaseCache {
  return new ReleaseCache({
    folder: join(root, 'releases'),
    control: client,
    maxReleases: bounds.maxReleases ?? 10,
    limitBytes: bounds.limitBytes ?? 1_000_000,
    now: () => nowMs,
    onProblem: (error) => {
      throw error
    },
  })
}
function get(cache: ReleaseCache, digest: string, of = project, token = 'rt_a') {
  return cache.get({ project: of, digest, token, signal: AbortSignal.timeout(30_000) })
}
function add(text: string): string {
  return control.addRelease({ files: { 'ratchet.yaml': text, 'tools/a.ts': 'export default 1' }, indexes })
}

test('a release is fetched once, checked, and then served from disk, also while control is away', async () => {
  const digest = add('name: a')
  const cache = openCache()
  const [first, second] = await Promise.all([get(cache, digest), get(cache, digest)])
  expect(second).toBe(first)
  expect(control.bundleTokens).toEqual(['rt_a'])
  await control.stop()
  const again = await get(openCache(), digest)
  expect(again.indexes).toEqual(indexes)
  expect(again.files.map(({ path, content }) => [path, Buffer.from(content).toString()])).toEqual([
    ['ratchet.yaml', 'name: a'],
    ['tools/a.ts', 'export default 1'],
  ])
  expect(statSync(join(again.folder, 'tools/a.ts')).mode & 0o777).toBe(0o400)
})

test('what control confirmed for one project is asked again for another', async () => {
  const digest = add('name: a')
  const cache = openCache()
  await get(cache, digest)
  await expect(get(cache, digest, other, 'stolen')).rejects.toMatchObject({ code: 'unauthenticated' })
  await get(cache, digest, other, 'rt_b')
  expect(control.bundleTokens).toEqual(['rt_a', 'rt_b'])
})

test('a release that is not there says so', async () => {
  await expect(get(openCache(), 'e'.repeat(64))).rejects.toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('Release eeeeeeeeeeee cannot be fetched: There is no release'),
  })
})

test('files that are not what the digest says are refused and not kept', async () => {
  const digest = add('name: a')
  control.damageRelease(digest, { files: { 'ratchet.yaml': 'name: evil' }, indexes })
  const cache = openCache()
  await expect(get(cache, digest)).rejects.toMatchObject({ code: 'app_invalid' })
  expect(readdirSync(cache.folder)).toEqual([])
})

test('a path that leaves the folder is refused', async () => {
  const digest = control.addRelease({ files: { '../../../evil': 'x' }, indexes })
  await expect(get(openCache(), digest)).rejects.toThrow('the path "../../../evil" leaves the folder')
})

test('a damaged copy on disk is fetched again', async () => {
  const digest = add('name: a')
  const { folder } = await get(openCache(), digest)
  chmodSync(join(folder, 'ratchet.yaml'), 0o600)
  writeFileSync(join(folder, 'ratchet.yaml'), 'name: evil')
  const again = await get(openCache(), digest)
  expect(Buffer.from(again.files[0]!.content).toString()).toBe('name: a')
  expect(control.bundleTokens).toHaveLength(2)
})

test('the releases used longest ago go when there are too many, or too many bytes', async () => {
  const cache = openCache({ maxReleases: 2 })
  const digests = ['one', 'two', 'three'].map(add)
  await get(cache, digests[0]!)
  nowMs += 60_000
  await get(cache, digests[1]!)
  nowMs += 60_000
  await get(cache, digests[0]!)
  nowMs += 60_000
  await get(cache, digests[2]!)
  const kept = (): string[] => readdirSync(join(cache.folder, project))
  expect(new Set(kept())).toEqual(new Set([digests[0], digests[2]]))
  await openCache({ limitBytes: 30 }).trim()
  expect(kept()).toEqual([digests[2]])
})

test('a call that is given up does not end the fetch for others', async () => {
  const digest = add('name: a')
  const cache = openCache()
  const controller = new AbortController()
  const left = cache.get({ project, digest, token: 'rt_a', signal: controller.signal })
  const stays = get(cache, digest)
  controller.abort(new Error('left'))
  await expect(left).rejects.toThrow('left')
  expect((await stays).digest).toBe(digest)
})
