import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runRatchet } from './command-line.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-alone-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the demo turns the whole loop once and exits with 0', async () => {
  const { code, stdout, stderr } = await runRatchet(['demo', '--data', join(folder, 'data'), '--json'], {
    cwd: folder,
  })
  expect(code, `${stderr}\n${stdout}`).toBe(0)
  const { passed, steps } = JSON.parse(stdout)
  expect(passed).toBe(true)
  expect(steps.map(({ name }: { name: string }) => name)).toEqual([
    'Start',
    'Check',
    'Release',
    'Roll out',
    'Run',
    'See',
    'Judge',
  ])
  expect(steps.find(({ name }: { name: string }) => name === 'Run')).toMatchObject({
    text: expect.stringContaining('4701'),
  })
  expect(existsSync(join(folder, 'data', 'run', 'control.json'))).toBe(false)
})

test('run starts a server for itself when none runs and leaves none behind', async () => {
  const data = join(folder, 'data')
  const args = [
    'run',
    'offline/extractive',
    '--message',
    'Context: The sky is blue.\n\nWhat colour is the sky?',
    '--data',
    data,
    '--json',
  ]
  const { code, stdout, stderr } = await runRatchet(args, { cwd: folder })
  expect(code, stderr).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ status: 'completed', text: expect.any(String) })
  expect(stderr).toContain('starting one for this command')
  const pidFiles = readdirSync(join(data, 'run')).filter((name) => name.endsWith('.json'))
  expect(pidFiles).not.toContain('control.json')
})

test('a taken port names the port and the way out', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const { code, stderr } = await runRatchet(
    ['up', '--data', join(folder, 'data'), '--port', String(port), '--gateway-port', '0'],
    { cwd: folder },
  )
  server.close()
  expect(code).not.toBe(0)
  expect(stderr).toContain(String(port))
  expect(stderr).toMatch(/--port|RATCHET_PORT/)
  expect(stderr).not.toContain('    at ')
})

test('a public address without --public is refused', async () => {
  const { code, stderr } = await runRatchet(['up', '--data', join(folder, 'data'), '--host', '0.0.0.0'], {
    cwd: folder,
  })
  expect(code).toBe(2)
  expect(stderr).toContain('--public')
})
