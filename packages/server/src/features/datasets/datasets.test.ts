import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { eachPostgres } from '#platform/testing/engines.ts'
import { canonicalJson } from './canonical-json.ts'
import { makeDatasets, type Datasets } from './datasets.ts'
import { versionRows } from './dataset-version.ts'
import { datasetsMigrations } from './tables.ts'

const ours = '0192aaaa-0000-7000-8000-000000000001'
const theirs = '0192aaaa-0000-7000-8000-000000000002'
const row = (id: string, more: object = {}) => ({
  id,
  inputs: { question: `q ${id}` },
  metadata: {},
  ...more,
})

eachPostgres((open) => {
  let datasets: Datasets
  let nowMs = Date.UTC(2026, 10, 21)
  beforeAll(async () => {
    const { db } = await open(datasetsMigrations)
    datasets = makeDatasets({ db, clock: { now: () => nowMs++ } })
  })
  const page = { limit: 50 }

  test('the same rows give the same version and are stored once', async () => {
    const items = [row('1', { expected: { answer: 'é', page: 'a.md' } }), row('2')]
    const first = await datasets.put(ours, { name: 'golden', items })
    expect(first).toMatchObject({ created: true, dataset: { name: 'golden', items: 2 } })
    const again = await datasets.put(ours, { name: 'golden', items: structuredClone(items) })
    expect(again).toEqual({ created: false, dataset: first.dataset })
    expect((await datasets.listItems(ours, 'golden', page)).items).toEqual(items)
  })

  test('both of two callers that put the same rows at once succeed', async () => {
    const items = Array.from({ length: 1500 }, (_, index) => row(`row ${index}`))
    const results = await Promise.all([1, 2, 3].map(() => datasets.put(ours, { name: 'race', items })))
    expect(results.filter((result) => result.created)).toHaveLength(1)
    expect(await datasets.readItems(ours, 'race', results[0]!.dataset.version)).toHaveLength(1500)
  })

  test('the newest version is the one put last, older ones stay readable', async () => {
    const one = await datasets.put(ours, { name: 'moves', items: [row('1')] })
    const two = await datasets.put(ours, { name: 'moves', items: [row('1'), row('2')] })
    expect(await datasets.find(ours, 'moves')).toEqual(two.dataset)
    await datasets.put(ours, { name: 'moves', items: [row('1')] })
    expect(await datasets.find(ours, 'moves')).toEqual(one.dataset)
    const old = await datasets.listItems(ours, 'moves', { ...page, version: two.dataset.version })
    expect(old.items).toHaveLength(2)
  })

  test('rows and datasets are paged in order, and each dataset is listed once', async () => {
    await datasets.put(theirs, { name: 'a', items: ['1', '2', '3'].map((id) => row(id)) })
    await datasets.put(theirs, { name: 'a', items: ['1', '2', '3', '4', '5'].map((id) => row(id)) })
    await datasets.put(theirs, { name: 'b', items: [row('1')] })
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const rows = await datasets.listItems(theirs, 'a', { limit: 2, cursor })
      ids.push(...rows.items.map((item) => item.id))
      cursor = rows.nextCursor
    } while (cursor !== undefined)
    expect(ids).toEqual(['1', '2', '3', '4', '5'])
    const first = await datasets.list(theirs, { limit: 1 })
    expect(first.items).toMatchObject([{ name: 'a', items: 5 }])
    expect((await datasets.list(theirs, { limit: 1, cursor: first.nextCursor })).items).toMatchObject([
      { name: 'b' },
    ])
  })

  test('a dataset of another project does not exist, and near names are suggested', async () => {
    await datasets.put(ours, { name: 'private', items: [row('1')] })
    await expect(datasets.find(theirs, 'private')).rejects.toMatchObject({ code: 'not_found' })
    await expect(datasets.find(ours, 'golde')).rejects.toThrow('Did you mean "golden"')
    await expect(datasets.find(ours, 'golden', 'f'.repeat(64))).rejects.toThrow('other versions')
  })
})

test('two rows with one id are refused by name and place', () => {
  expect(() => versionRows([row('a'), row('b'), row('a')])).toThrow('Rows 1 and 3 both have the id "a"')
})

test('canonical JSON does not depend on the order of keys and reads back as the value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value)
      expect(canonicalJson(JSON.parse(text))).toBe(text)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
  expect(canonicalJson({ b: 1, a: { d: 1, c: 2 } })).toBe(canonicalJson({ a: { c: 2, d: 1 }, b: 1 }))
})
