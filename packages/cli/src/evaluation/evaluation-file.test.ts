import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readDataset } from './read-dataset.ts'
import { readEvalFile } from './read-eval-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-eval-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

test('an evaluation file gets the defaults of the contract and its folder', async () => {
  const file = await readEvalFile(
    write('q.eval.yaml', 'name: q\ndataset: golden.jsonl\ntarget: ..\nevaluators: [token-f1]\n'),
  )
  expect(file).toMatchObject({
    name: 'q',
    dataset: 'golden.jsonl',
    target: '..',
    concurrency: 4,
    repeats: 1,
    thresholds: [],
    folder,
  })
})

test.each([
  ['name: q\ndataset: d\nevaluator: [x]\nevaluators: [x]\n', 'q.eval.yaml:3: evaluator: unknown field'],
  ['name: q\ndataset: d\nevaluators:\n  - a\n  - 7\n', 'q.eval.yaml:5: evaluators.1'],
  ['name: q\ndataset: d\nevaluators: [a]\nconcurrency: 99\n', 'q.eval.yaml:4: concurrency'],
  ['name: Q!\ndataset: d\nevaluators: [a]\n', 'q.eval.yaml:1: name: use 1 to 64 lower-case letters'],
  ['name: [\n', 'q.eval.yaml:2'],
])('a mistake in an evaluation file is told with its line: %j', async (text, message) => {
  await expect(readEvalFile(write('q.eval.yaml', text))).rejects.toThrow(message)
})

test('a dataset is named after its file and blank lines are skipped', async () => {
  const path = write(
    'My Golden.jsonl',
    '\uFEFF{"id":"1","inputs":{"q":"a"}}\r\n\r\n{"id":"2","inputs":{},"expected":"b"}\n',
  )
  expect(await readDataset(path)).toEqual({
    name: 'my-golden',
    items: [
      { id: '1', inputs: { q: 'a' }, metadata: {} },
      { id: '2', inputs: {}, expected: 'b', metadata: {} },
    ],
  })
})

test.each([
  ['{"id":"1","inputs":{}}\n{"id":1}\n', 'd.jsonl:2: "id"'],
  ['{"id":"1","inputs":{}}\n{id}\n', 'd.jsonl:2: not JSON'],
  ['{"id":"1","inputs":{}}\n{"id":"1","inputs":{}}\n', 'd.jsonl:2: the id "1" is on line 1 already'],
  ['\n', 'has no rows'],
])('a bad dataset row is told with its line: %j', async (text, message) => {
  await expect(readDataset(write('d.jsonl', text))).rejects.toThrow(message)
})

test('a missing file says what was looked for', async () => {
  await expect(readEvalFile(join(folder, 'no.eval.yaml'))).rejects.toThrow('Cannot read the evaluation file')
  await expect(readDataset(join(folder, 'no.jsonl'))).rejects.toThrow('relative to that file')
})
