import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { readBounded } from './read-bounded.ts'

test('a body of exactly the limit is read, one byte more is refused with the limit', async () => {
  const chunks = () => [Buffer.from('abc'), Buffer.from('de')]
  expect((await readBounded(Readable.from(chunks()), 5)).toString()).toBe('abcde')
  await expect(readBounded(Readable.from(chunks()), 4)).rejects.toThrow('the answer is larger than 4 bytes')
  expect(await readBounded(Readable.from([]), 4)).toHaveLength(0)
})

test('a body that is too large is not read to its end', async () => {
  let made = 0
  const body = Readable.from(
    (function* () {
      for (;;) {
        made += 1
        yield Buffer.alloc(1_000)
      }
    })(),
  )
  await expect(readBounded(body, 10_000)).rejects.toThrow('larger')
  expect(made).toBeLessThan(100)
  expect(body.destroyed).toBe(true)
})
