import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../testing/start-test-gateway.ts'
import { AccessLog, type AccessEntry } from './access-log.ts'

const entry = (requestId: string): AccessEntry => ({
  method: 'POST',
  route: '/v1/chat/completions',
  status: 200,
  durationMs: 1,
  providerMs: undefined,
  model: '',
  keyId: '',
  traceId: '',
  requestId,
  requestBytes: 0,
  responseBytes: 0,
  isStream: false,
})

test('a log that could not be written is written again when the disk is well', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-access-log-'))
  const path = join(folder, 'later/access.log')
  const problems: string[] = []
  const log = new AccessLog(path, { error: (_details, message) => problems.push(message) }, 200)
  await until(async () => problems.length > 0 || undefined)
  log.write(entry('lost'))
  await until(async () => log.lost > 0 || problems.length > 1 || undefined)
  mkdirSync(join(folder, 'later'))
  await until(async () => {
    log.write(entry('kept'))
    return readFileSync(path, 'utf8').includes('"requestId":"kept"') || undefined
  })
  await log.stop()
  expect(problems[0]).toContain('it is tried again')
  rmSync(folder, { recursive: true, force: true })
})
