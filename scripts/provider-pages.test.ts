import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { printProviderPages } from './print-provider-pages.ts'

const folder = new URL('../docs/providers/', import.meta.url)

test('the pages of the providers say what the table of providers says: node scripts/print-provider-pages.ts', () => {
  const pages = printProviderPages()
  expect(readdirSync(folder).toSorted()).toEqual([...pages.keys()].toSorted())
  for (const [name, page] of pages) expect(readFileSync(new URL(name, folder), 'utf8'), name).toBe(page)
})
