import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { countLines, readLines } from './read-lines.ts'

let folder: string
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'ratchet-lines-'))))
afterAll(() => rmSync(folder, { recursive: true }))

test('reading in pieces of any size gives all whole lines and never the torn last one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme-ascii', minLength: 1 }), { maxLength: 12 }),
      fc.string({ unit: 'grapheme-ascii' }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 4 }),
      async (lines, torn, maxBytes, maxRows) => {
        const path = join(folder, 'segment')
        const whole = lines.map((line) => `${line}\n`).join('')
        writeFileSync(path, whole + torn)
        const buffer = { bytes: Buffer.alloc(0) }
        const file = await open(path, 'r')
        let text = ''
        let rows = 0
        for (let offset = 0; ;) {
          const read = await readLines(file, offset, { maxBytes, maxRows, buffer })
          if (read.rows === 0) break
          expect(read.rows).toBeLessThanOrEqual(maxRows)
          text += read.bytes.toString()
          rows += read.rows
          offset = read.end
        }
        await file.close()
        expect(text).toBe(whole)
        expect([rows, await countLines(path, 0)]).toEqual([lines.length, lines.length])
      },
    ),
    { numRuns: 60 },
  )
})
