import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { packApp } from './pack-app.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-pack-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

const index =
  'name: docs\nsource:\n  folder: ../../docs\n  include: ["**/*.md"]\n  exclude: ["decisions/**"]\n'

test('a folder packs its own files and the sources of its indexes, and nothing hidden or linked', async () => {
  write('app/ratchet.yaml', 'name: a\n')
  write('app/prompts/p.prompty', 'system:\nHi')
  write('app/indexes/docs.index.yaml', index)
  for (const skipped of ['.env', '.git/config', 'node_modules/x/a.js', '.ratchet/db'])
    write(`app/${skipped}`, 'no')
  symlinkSync('/etc/passwd', join(folder, 'app', 'link'))
  write('docs/a.md', '# A')
  write('docs/deep/b.md', '# B')
  write('docs/deep/c.txt', 'no')
  write('docs/decisions/0001.md', 'no')
  write('docs/.hidden/d.md', 'no')
  const packed = await packApp(join(folder, 'app'))
  expect(packed.files.map(({ path }) => path)).toEqual([
    'indexes/docs.index.yaml',
    'prompts/p.prompty',
    'ratchet.yaml',
    'documents/docs/a.md',
    'documents/docs/deep/b.md',
  ])
  expect(Buffer.from(packed.files[3]!.contentBase64, 'base64').toString()).toBe('# A')
  expect(packed.git).toBeUndefined()
})

test('inside a work tree the commit, the branch and unsaved changes are told', async () => {
  write('app/ratchet.yaml', 'name: a\n')
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
      encoding: 'utf8',
    })
  git('init', '-q', '-b', 'work')
  git('add', '.')
  git('commit', '-q', '-m', 'first')
  const clean = await packApp(join(folder, 'app'))
  expect(clean.git).toEqual({ commit: git('rev-parse', 'HEAD').trim(), branch: 'work', dirty: false })
  write('app/new.txt', 'x')
  expect((await packApp(join(folder, 'app'))).git?.dirty).toBe(true)
})

test('a folder that is missing, is no app, or names a missing source says what to do', async () => {
  await expect(packApp(join(folder, 'nowhere'))).rejects.toThrow('ratchet init')
  write('app/readme.md', '')
  await expect(packApp(join(folder, 'app'))).rejects.toThrow('it has no ratchet.yaml')
  write('app/ratchet.yaml', 'name: a\n')
  write('app/indexes/docs.index.yaml', index)
  await expect(packApp(join(folder, 'app'))).rejects.toThrow(
    'indexes/docs.index.yaml: source.folder "../../docs"',
  )
})

test('a folder over the limit names its largest file', async () => {
  write('app/ratchet.yaml', 'name: a\n')
  writeFileSync(join(folder, 'app', 'big.bin'), Buffer.alloc(51 * 1024 * 1024))
  await expect(packApp(join(folder, 'app'))).rejects.toThrow(/big\.bin \(51\.0 MiB\)/)
})
