import { isAppError } from '@ratchet/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deepFreeze } from '../../neutral/testing/deep-freeze.ts'
import {
  decodeForeignId,
  decodeIds,
  encodeForeignId,
  encodeIds,
  forwardBatchLines,
  matchStoredPath,
  readBatchLines,
  storedPaths,
  writeStoredPath,
} from './index.ts'

const anyConnection = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/)

function problem(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return isAppError(error) ? `${error.code} ${String(error.details['param'])}` : error
  }
  return 'fine'
}

test('an id tells its connection again, whatever the provider’s id looks like', () => {
  fc.assert(
    fc.property(anyConnection, fc.string({ unit: 'grapheme', minLength: 1 }), (connection, id) => {
      expect(decodeForeignId(encodeForeignId(connection, id))).toEqual({ connection, id })
    }),
  )
  expect(encodeForeignId('my-openai', 'file-abc_1')).toBe('rc_my-openai_file-abc_1')
})

test.each(['file-abc', 'rc_', 'rc_openai', 'rc_openai_', 'rc_Open AI_x', 'rc__x'])(
  '%s is no id of ours',
  (id) => {
    expect(decodeForeignId(id)).toBeUndefined()
  },
)

test('every path is found and written for the provider', () => {
  const id = encodeForeignId('openai', 'files/a b')
  for (const { operation, method, template } of storedPaths) {
    const call = matchStoredPath(method, `/v1${writeStoredPath(template, id)}`)
    expect(call).toEqual({ operation, template, id: template.includes('{id}') ? id : '' })
  }
  expect(writeStoredPath('/files/{id}/content', 'file-$&')).toBe('/files/file-%24%26/content')
})

test.each([
  ['PUT', '/v1/files'],
  ['GET', '/v2/files'],
  ['GET', '/v1/files/'],
  ['GET', '/v1/files/a/b'],
  ['GET', '/v1/files/a/content/x'],
  ['GET', '/v1/files/%E0%A4%A'],
  ['GET', '/v1/models/a'],
])('%s %s is none of them', (method, path) => {
  expect(matchStoredPath(method, path)).toBeUndefined()
})

test('answers have the ids of clients everywhere, and nothing else is changed', () => {
  const batch = deepFreeze({
    id: 'batch_1',
    object: 'batch',
    endpoint: '/v1/chat/completions',
    input_file_id: 'file-1',
    output_file_id: null,
    metadata: { id: 'mine' },
    request_counts: { total: 1 },
  })
  expect(encodeIds(batch, 'openai')).toEqual({
    ...batch,
    id: 'rc_openai_batch_1',
    input_file_id: 'rc_openai_file-1',
  })
  const list = {
    object: 'list',
    data: [{ id: 'file-1' }, { id: 'file-2' }],
    first_id: 'file-1',
    last_id: 'file-2',
  }
  expect(encodeIds(list, 'openai')).toEqual({
    object: 'list',
    data: [{ id: 'rc_openai_file-1' }, { id: 'rc_openai_file-2' }],
    first_id: 'rc_openai_file-1',
    last_id: 'rc_openai_file-2',
  })
})

test('requests get the ids of the provider, and name one connection', () => {
  const body = deepFreeze({ input_file_id: 'rc_openai_file-1', endpoint: '/v1/chat/completions' })
  expect(decodeIds(body)).toEqual({
    body: { input_file_id: 'file-1', endpoint: '/v1/chat/completions' },
    connection: 'openai',
  })
  expect(decodeIds({ purpose: 'batch' })).toEqual({ body: { purpose: 'batch' }, connection: undefined })
  expect(decodeIds({ part_ids: ['rc_a_p1', 'rc_a_p2'] })).toEqual({
    body: { part_ids: ['p1', 'p2'] },
    connection: 'a',
  })
  expect(problem(() => decodeIds({ input_file_id: 'file-1' }))).toBe('validation_failed input_file_id')
  expect(problem(() => decodeIds({ part_ids: ['rc_a_p1', 'rc_b_p2'] }))).toBe('validation_failed part_ids[1]')
})

const line = (model: string, text = 'Hi') =>
  JSON.stringify({
    custom_id: model,
    method: 'POST',
    url: '/v1/chat/completions',
    body: { messages: [{ role: 'user', content: `${text} {"model":"x"}` }], model },
  })

test('models of a batch file are found and renamed line by line', () => {
  const file = Buffer.from(`${line('openai/a', 'Grüße 🌍')}\r\n\n${line('openai/b')}\n${line('openai/a')}`)
  const read = readBatchLines(file)
  expect(read.lines).toBe(3)
  expect([...read.models].map(([model, ranges]) => [model, ranges.length])).toEqual([
    ['openai/a', 2],
    ['openai/b', 1],
  ])
  const forwarded = forwardBatchLines(file, read, new Map([['openai/a', 'a-2026']]))
  const models = forwarded
    .toString()
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => {
      const { body, custom_id: customId } = JSON.parse(text) as { body: { model: string }; custom_id: string }
      return [customId, body.model]
    })
  expect(models).toEqual([
    ['openai/a', 'a-2026'],
    ['openai/b', 'openai/b'],
    ['openai/a', 'a-2026'],
  ])
  expect(forwardBatchLines(file, read, new Map())).toBe(file)
})

test.each(['nonsense', '{}', '{"body":{}}', '{"body":{"model":7}}', '{"body":{"model":"a","model":"b"}}'])(
  'the line %s is refused with its number',
  (text) => {
    const file = Buffer.from(`${line('a')}\n${text}`)
    expect(problem(() => readBatchLines(file))).toBe('validation_failed file')
    expect(() => readBatchLines(file)).toThrow('Line 2')
  },
)
