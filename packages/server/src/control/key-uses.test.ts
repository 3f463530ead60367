import { expect, test } from 'vitest'
import { makeKeyUses } from './key-uses.ts'

const key = '01900000-0000-7000-8000-000000000001'
const credential = '01900000-0000-7000-8000-000000000002'

test('spans tell which keys called, and with which keys of connections; each is noted once', async () => {
  const noted: [string, readonly string[]][] = []
  const uses = makeKeyUses({
    mark: async (ids) => void noted.push(['keys', ids]),
    markCredentials: async (ids) => void noted.push(['credentials', ids]),
    clock: { now: () => 5 },
    log: { warn: () => undefined },
  })
  uses.note([
    { keyId: key, attributes: `{"request_id":"r","credential_id":"${credential}"}` },
    { keyId: key, attributes: `{"credential_id":"${credential}"}` },
    { keyId: 'cli', attributes: '{"credential_id":"made up"}' },
    { keyId: key },
    'no record',
  ])
  await uses.stop()
  expect(noted).toEqual([
    ['keys', [key]],
    ['credentials', [credential]],
  ])
})

test('a database that cannot note is told of and fails nobody', async () => {
  const warned: string[] = []
  const uses = makeKeyUses({
    mark: async () => Promise.reject(new Error('down')),
    markCredentials: async () => undefined,
    clock: { now: () => 5 },
    log: { warn: (_, message) => void warned.push(message) },
  })
  uses.note([{ keyId: key, attributes: '{}' }])
  await uses.stop()
  expect(warned).toEqual(['the last use of keys was not noted'])
})
