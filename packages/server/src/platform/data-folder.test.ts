import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openDataFolder } from './data-folder.ts'

const folders: string[] = []
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-data-'))
  folders.push(folder)
  return join(folder, 'data')
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

test('the folder is made on first use, for its owner only, and opens again after close', async () => {
  const path = temporaryFolder()
  const first = await openDataFolder(path)
  expect(statSync(path).mode & 0o777).toBe(0o700)
  expect(JSON.parse(readFileSync(join(path, 'version.json'), 'utf8'))).toEqual({ format: 1 })
  await first.close()
  await (await openDataFolder(path)).close()
})

test('a second process is refused with the pid of the first and what to do', async () => {
  const path = temporaryFolder()
  const source = new URL('./data-folder.ts', import.meta.url).href
  const child = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `const { openDataFolder } = await import(${JSON.stringify(source)}); await openDataFolder(${JSON.stringify(path)}); console.log('locked'); setInterval(() => {}, 1000)`,
  ])
  await once(child.stdout, 'data')
  await expect(openDataFolder(path)).rejects.toMatchObject({
    code: 'folder_locked',
    message: expect.stringContaining(`process ${child.pid}`),
    details: { pid: child.pid },
  })
  child.kill('SIGKILL')
  await once(child, 'exit')
  await (await openDataFolder(path)).close()
})

test('a lock whose pid now belongs to a different process is taken over', async () => {
  const path = temporaryFolder()
  const first = await openDataFolder(path)
  const lock = JSON.parse(readFileSync(join(path, 'lock.json'), 'utf8')) as Record<string, unknown>
  writeFileSync(join(path, 'lock.json'), JSON.stringify({ ...lock, processStart: '1' }))
  const second = await openDataFolder(path)
  await second.close()
  await first.close()
})

test('of many that start at once exactly one gets the folder', async () => {
  const path = temporaryFolder()
  await (await openDataFolder(path)).close()
  writeFileSync(join(path, 'lock.json'), 'damaged')
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => openDataFolder(path)))
  const opened = results.filter((result) => result.status === 'fulfilled')
  expect(opened).toHaveLength(1)
  await opened[0]!.value.close()
})

test('a folder of a newer Ratchet is refused and stays unlocked', async () => {
  const path = temporaryFolder()
  await (await openDataFolder(path)).close()
  writeFileSync(join(path, 'version.json'), '{"format":99}')
  await expect(openDataFolder(path)).rejects.toMatchObject({
    code: 'version_newer',
    message: expect.stringContaining('format 99'),
  })
  writeFileSync(join(path, 'version.json'), '{"format":1}')
  await (await openDataFolder(path)).close()
})

test('a damaged version file is reported with what it should hold', async () => {
  const path = temporaryFolder()
  await (await openDataFolder(path)).close()
  writeFileSync(join(path, 'version.json'), 'x')
  await expect(openDataFolder(path)).rejects.toThrow(/version.json" is damaged: expected \{"format"/)
})
