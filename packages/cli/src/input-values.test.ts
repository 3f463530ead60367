import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { collect, readInputs, readSpanMs, wholeNumber } from './input-values.ts'

test('inputs are text, JSON with :=, or the text of a file with @', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-inputs-'))
  writeFileSync(join(folder, 'a.txt'), 'from file')
  const inputs = await readInputs(['q=a=b: c', 'top:=5', 'tags:=["x"]', 'text=@a.txt', 'empty='], folder)
  expect(inputs).toEqual({ q: 'a=b: c', top: 5, tags: ['x'], text: 'from file', empty: '' })
  await expect(readInputs(['text=@b.txt'], folder)).rejects.toThrow('Cannot read')
  rmSync(folder, { recursive: true })
})

test('a bad input shows the ways to write one', async () => {
  await expect(readInputs(['question'], '/')).rejects.toThrow('--input "question" is not name=value')
  await expect(readInputs(['top:=five'], '/')).rejects.toThrow('--input top is not JSON')
})

test('numbers and spans of time name the option and the value', () => {
  expect(wholeNumber('--port', 0, 65_535)('4700')).toBe(4700)
  expect(() => wholeNumber('--port', 0, 65_535)('70000')).toThrow(
    '--port is "70000"; give a whole number from 0 to 65535',
  )
  expect(readSpanMs('--expires', '90d')).toBe(90 * 86_400_000)
  expect(() => readSpanMs('--expires', 'soon')).toThrow('--expires is "soon"')
  expect(collect('b', ['a'])).toEqual(['a', 'b'])
})
