import { afterEach, expect, test } from 'vitest'
import type { OfflineJob, OfflineResult } from './offline-job.ts'
import { OfflineThread } from './offline-thread.ts'

let thread: OfflineThread
afterEach(() => thread.stop())

const chat = (more: object = {}, content = 'My name is Ada. What is my name?'): OfflineJob => ({
  kind: 'chat',
  json: { messages: [{ role: 'user', content }], ...more },
  isStream: false,
  id: 'chatcmpl-1',
  createdS: 1,
  model: 'offline/extractive',
})
const filling = (properties: object) => ({
  response_format: {
    type: 'json_schema',
    json_schema: { schema: { type: 'object', properties, required: Object.keys(properties) } },
  },
})
const ask = (job: OfflineJob) => new Promise<OfflineResult>((resolve) => void thread.run(job, resolve))
const textOf = (result: OfflineResult) =>
  'pieces' in result ? result.pieces.join('') : `${result.failure.code}: ${result.failure.message}`

test('jobs are answered one after the other, whole or in pieces, and what is wrong is told', async () => {
  thread = new OfflineThread({ limitMs: 5_000, memoryMib: 256 })
  const results = await Promise.all([
    ask(chat()),
    ask({ ...chat(), kind: 'chat', isStream: true } as OfflineJob),
    ask({ kind: 'embeddings', json: { input: 'a' }, model: 'offline/embedding' }),
    ask({ kind: 'embeddings', json: { input: [1] }, model: 'offline/embedding' }),
  ])
  const [plain, stream, vector, refused] = results.map(textOf)
  expect(plain).toContain('"content":"My name is Ada."')
  expect(stream).toMatch(/^data: \{.*\n\ndata: \[DONE\]\n\n$/s)
  expect(vector).toContain('"object":"embedding"')
  expect(refused).toContain('validation_failed: "input" must be a text')
})

test.each([
  [
    'a pattern that backtracks for ever',
    filling({ a: { type: 'string', pattern: '^(a+)+$' } }),
    `${'a'.repeat(60)}!b`,
  ],
  ['a list without end', filling({ a: { type: 'array', minItems: 1e9, items: { type: 'string' } } }), 'x'],
  ['a text without end', filling({ a: { type: 'string', minLength: 1e9 } }), 'x'],
  ['a reference that is none', filling({ a: { $ref: '#/%zz' } }), 'x'],
])('%s costs its own call and no other', async (_, more, content) => {
  thread = new OfflineThread({ limitMs: 5_000, memoryMib: 64 })
  const [bad, good] = await Promise.all([ask(chat(more, content)), ask(chat())])
  expect(textOf(bad)).toMatch(/^validation_failed: The offline model (?:did not finish|gave up|cannot)/)
  expect(textOf(good)).toContain('My name is Ada.')
})

test('a job that nobody wants any more is not answered', async () => {
  thread = new OfflineThread({ limitMs: 5_000, memoryMib: 256 })
  const answered: string[] = []
  const leave = [1, 2].map((number) => thread.run(chat(), () => answered.push(`${number}`)))
  for (const each of leave) each()
  expect(textOf(await ask(chat()))).toContain('Ada')
  expect(answered).toEqual([])
})
