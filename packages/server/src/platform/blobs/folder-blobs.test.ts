import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestOf, makeBlobs, type Blobs } from './folder-blobs.ts'

let folder: string
let blobs: Blobs
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-blobs-'))
  blobs = makeBlobs(join(folder, 'blobs'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const pathOf = (digest: string) => join(folder, 'blobs', digest.slice(0, 2), digest.slice(2))

test('any bytes come back as they were, under the digest of their content', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
      const digest = await blobs.put(bytes)
      expect(digest).toBe(digestOf(bytes))
      expect(new Uint8Array(await blobs.get(digest))).toEqual(bytes)
    }),
    { numRuns: 30 },
  )
})

test('writers of the same content at the same time store it once and leave nothing else behind', async () => {
  const bytes = Buffer.from('the same for all')
  const digests = await Promise.all(Array.from({ length: 20 }, () => blobs.put(bytes)))
  const digest = digests[0]!
  expect(new Set(digests).size).toBe(1)
  expect(readdirSync(join(folder, 'blobs', digest.slice(0, 2))).filter((name) => name.includes('.'))).toEqual(
    [],
  )
  expect(statSync(pathOf(digest)).mode & 0o777).toBe(0o600)
})

test('what is not there, or is not a digest at all, is not found', async () => {
  expect(await blobs.has(digestOf('never stored'))).toBe(false)
  await expect(blobs.get(digestOf('never stored'))).rejects.toMatchObject({ code: 'not_found' })
  await expect(blobs.get('../../../etc/passwd')).rejects.toMatchObject({ code: 'not_found' })
})

test('a damaged file is reported, not served', async () => {
  const digest = await blobs.put(Buffer.from('original'))
  writeFileSync(pathOf(digest), 'tampered')
  await expect(blobs.get(digest)).rejects.toThrow(/is damaged/)
})
