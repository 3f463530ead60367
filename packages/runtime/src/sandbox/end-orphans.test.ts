import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { endOrphans } from './end-orphans.ts'

test.runIf(existsSync('/proc/self/cmdline'))(
  'a tool that never yields and whose runner was killed is ended by the next runner of the folder',
  async () => {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'ratchet-orphans-')))
    const folder = join(root, 'release/tools')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'loop.ts'), 'export default ({ ends }) => { while (!ends) {} }')
    const code = `
      import { makeSandbox } from ${JSON.stringify(import.meta.resolve('./make-sandbox.ts'))}
      const sandbox = makeSandbox()
      const path = ${JSON.stringify(join(folder, 'loop.ts'))}
      const place = { file: 'tools/loop.ts', folder: ${JSON.stringify(folder)} }
      const run = (ends) =>
        sandbox.run({ place, path, inputs: { ends }, timeoutMs: 60_000, signal: new AbortController().signal })
      // A worker that is still starting would end with its runner.
      await run(true)
      void run(false)
      setTimeout(() => console.log(sandbox.workerPids()[0]), 200)
      setInterval(() => 0, 1000)`
    writeFileSync(join(root, 'owner.ts'), code)
    const owner = spawn(process.execPath, [join(root, 'owner.ts')], { stdio: ['ignore', 'pipe', 'inherit'] })
    const pid = await new Promise<number>((resolve) =>
      owner.stdout.once('data', (text: Buffer) => resolve(Number(text.toString()))),
    )
    try {
      expect(endOrphans(root)).toBe(0)
      const ended = new Promise((resolve) => owner.once('exit', resolve))
      owner.kill('SIGKILL')
      await ended
      expect(isRunning(pid)).toBe(true)
      expect(endOrphans(join(tmpdir(), 'another-data-folder'))).toBe(0)
      expect(endOrphans(root)).toBe(1)
      await expect.poll(() => isRunning(pid)).toBe(false)
    } finally {
      if (isRunning(pid)) process.kill(pid, 'SIGKILL')
      rmSync(root, { recursive: true, force: true })
    }
  },
)

/** A zombie that nobody has collected yet does not run. */
function isRunning(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
