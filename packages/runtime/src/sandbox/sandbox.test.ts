import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeSandbox, type Sandbox } from './make-sandbox.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'ratchet-sandbox-')))
const folder = join(root, 'release-a')
let sandbox: Sandbox = makeSandbox()
let server: Server
let port = 0
let hits = 0

beforeAll(async () => {
  server = createServer((_, response) => {
    hits += 1
    response.end('secret')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
  mkdirSync(join(root, 'release-b'), { recursive: true })
  writeFileSync(join(root, 'release-b', 'secret.ts'), 'export const secret = 1')
  process.env['RATCHET_TEST_SECRET'] = 'top secret'
})
afterEach(async () => {
  await sandbox.stop()
  sandbox = makeSandbox()
})
afterAll(() => {
  server.close()
  rmSync(root, { recursive: true, force: true })
})

function write(file: string, code: string): string {
  const path = join(folder, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, code)
  return path
}

let nextFile = 0
function run(
  code: string,
  inputs: Record<string, unknown> = {},
  options: { timeoutMs?: number; signal?: AbortSignal; extension?: string } = {},
): Promise<unknown> {
  const file = `tools/t${nextFile++}.${options.extension ?? 'ts'}`
  return runFile(file, write(file, code), inputs, options)
}
function runFile(
  file: string,
  path: string,
  inputs: Record<string, unknown> = {},
  options: { timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<unknown> {
  return sandbox.run({
    place: { file, folder: dirname(path) },
    path,
    inputs,
    timeoutMs: options.timeoutMs ?? 25_000,
    signal: options.signal ?? AbortSignal.timeout(40_000),
  })
}

describe('a tool', () => {
  test('gets its inputs and a signal, imports files beside it, and its output comes back as JSON', async () => {
    write(
      'tools/sum.ts',
      'export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)',
    )
    const code = `import { sum } from './sum.ts'
      export default async (inputs: { values: number[] }, { signal }: { signal: AbortSignal }) =>
        ({ sum: sum(inputs.values), text: 'ä\\n', aborted: signal.aborted, none: undefined })`
    expect(await run(code, { values: [1, 2, 3] })).toEqual({ sum: 6, text: 'ä\n', aborted: false })
  })

  test('that returns nothing gives null', async () => {
    expect(await run('export default () => undefined')).toBeNull()
  })

  test('may print without harm', async () => {
    expect(
      await run(
        `export default () => { console.log('{"id":1,"output":9}'); process.stdout.write('x\\n'); return 1 }`,
      ),
    ).toBe(1)
  })

  test('keeps its worker for the next call', async () => {
    const path = write(
      'tools/count.ts',
      'let calls = 0; export default () => ({ calls: ++calls, pid: process.pid })',
    )
    const first = await runFile('tools/count.ts', path)
    expect(await runFile('tools/count.ts', path)).toEqual({ ...(first as object), calls: 2 })
  })

  test('that throws says so with the line of its own file, and its worker lives on', async () => {
    const path = write(
      'tools/bad.ts',
      `export default (inputs: { n: number }) => {\n  if (inputs.n > 1) throw new Error('no such city')\n  return process.pid\n}`,
    )
    const pid = await runFile('tools/bad.ts', path, { n: 1 })
    await expect(runFile('tools/bad.ts', path, { n: 2 })).rejects.toMatchObject({
      code: 'tool_failed',
      message: 'The tool "tools/bad.ts" failed: no such city (default (tools/bad.ts:2:27))',
    })
    expect(await runFile('tools/bad.ts', path, { n: 1 })).toBe(pid)
  })

  test('that throws something odd still says so', async () => {
    await expect(run(`export default () => { throw 'plain' }`)).rejects.toThrow('failed: plain')
    await expect(run(`export default () => { throw { code: 7 } }`)).rejects.toThrow('failed: {"code":7}')
    await expect(run('export default () => { throw 10n }')).rejects.toThrow(
      'cannot be printed. Throw an Error.',
    )
  })

  test('without a default export, or with a mistake in its file, says what to write', async () => {
    await expect(run('export const a = 1')).rejects.toThrow(
      'no default export that is a function. Write: export default',
    )
    await expect(run('export default (')).rejects.toThrow(/failed: /)
    await expect(run(`import './missing.ts'\nexport default () => 1`)).rejects.toThrow(
      "Cannot find module 'tools/missing.ts'",
    )
  })

  test('that does not end is stopped at its timeout', async () => {
    await expect(run('export default () => { for (;;) {} }', {}, { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('did not answer within 200 ms'),
    })
  })

  test('is stopped when its run is cancelled', async () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(new Error('the client left')), 300)
    await expect(
      run(
        'export default () => new Promise(() => setInterval(() => 0, 1000))',
        {},
        { signal: controller.signal },
      ),
    ).rejects.toThrow('the client left')
  })

  test('with too large an output fails', async () => {
    await expect(run(`export default () => 'x'.repeat(5_000_000)`)).rejects.toThrow('the limit is 4194304')
    await expect(
      run(
        `import { writeSync } from 'node:fs'\nexport default () => { const x = Buffer.alloc(8_000_000, 120); let at = 0; while (at < x.length) { try { at += writeSync(1, x, at) } catch {} } }`,
      ),
    ).rejects.toThrow('larger than 4194304 bytes')
  })

  test('with output that is not JSON fails', async () => {
    await expect(run('export default () => 10n')).rejects.toThrow('The output is not JSON')
  })

  test('that takes too much memory fails, in the heap and outside of it', async () => {
    await expect(
      run(
        'export default () => { const a: unknown[] = []; for (;;) a.push({ b: [a.length, a.length + 1] }) }',
      ),
    ).rejects.toThrow('more memory than a tool may have')
    await expect(
      run(
        `export default async () => { const a: unknown[] = []; for (;;) { a.push(Buffer.alloc(20_000_000, 1)); await new Promise((r) => setTimeout(r, 5)) } }`,
      ),
    ).rejects.toThrow('more memory than a tool may have')
  })

  test('that ends its process fails only its own call', async () => {
    const path = write(
      'tools/exit.ts',
      `export default (inputs: { die: boolean }) => { if (inputs.die) process.exit(3); return 'fine' }`,
    )
    await expect(runFile('tools/exit.ts', path, { die: true })).rejects.toThrow(
      'ended with exit code 3 before it answered',
    )
    expect(await runFile('tools/exit.ts', path, { die: false })).toBe('fine')
  })

  test('whose worker is killed in the middle of a call fails only that call', async () => {
    const path = write(
      'tools/slow.ts',
      `export default async (inputs: { ms: number }) => { await new Promise((r) => setTimeout(r, inputs.ms)); return 'fine' }`,
    )
    await runFile('tools/slow.ts', path, { ms: 1 })
    const call = runFile('tools/slow.ts', path, { ms: 10_000 })
    const killed = expect(call).rejects.toThrow('ended with signal SIGKILL before it answered')
    setTimeout(() => process.kill(sandbox.workerPids()[0]!, 'SIGKILL'), 100)
    await killed
    expect(await runFile('tools/slow.ts', path, { ms: 1 })).toBe('fine')
  })

  test('waits for its turn when all workers are busy, and others get theirs', async () => {
    sandbox = makeSandbox({ maxWorkers: 2 })
    const slow = write(
      'tools/wait.ts',
      `export default async () => { await new Promise((r) => setTimeout(r, 150)); return process.pid }`,
    )
    const other = write('tools/other.ts', 'export default () => 1')
    const calls = await Promise.all([
      ...[1, 2, 3].map(() => runFile('tools/wait.ts', slow)),
      runFile('tools/other.ts', other),
    ])
    expect(new Set(calls.slice(0, 3)).size).toBe(1)
    expect(calls[3]).toBe(1)
  })

  test('without calls gives its memory back', async () => {
    sandbox = makeSandbox({ idleMs: 50 })
    await run('export default () => 1')
    await expect.poll(() => sandbox.workerPids()).toEqual([])
  })
})

describe('a tool is refused', () => {
  const refused: Record<string, string> = {
    'to read files of the system': `(await import('node:fs')).readFileSync('/etc/passwd')`,
    'to read our environment through /proc': `(await import('node:fs')).readFileSync('/proc/' + process.ppid + '/environ')`,
    'to list folders': `(await import('node:fs')).readdirSync('/')`,
    'to read another release': `(await import('node:fs')).readFileSync(${JSON.stringify(join(root, 'release-b/secret.ts'))})`,
    'to import another release': `await import('../../release-b/secret.ts')`,
    'to write into its own folder': `(await import('node:fs')).writeFileSync(new URL('./x', import.meta.url), '')`,
    'to link out of its folder': `(await import('node:fs')).symlinkSync('/etc', 'etc')`,
    fetch: `await fetch('http://127.0.0.1:' + inputs.port)`,
    sockets: `await new Promise((resolve, reject) => net.connect(inputs.port, '127.0.0.1', () => resolve(1)).on('error', reject))`,
    'to listen': `await new Promise((resolve, reject) => net.createServer().on('error', reject).listen(0, () => resolve(1)))`,
    datagrams: `await new Promise((resolve, reject) => { const s = dgram.createSocket('udp4').on('error', reject); s.send('x', 9, '127.0.0.1', (e) => e ? reject(e) : resolve(1)) })`,
    'name lookups': `await (await import('node:dns/promises')).lookup('localhost')`,
    'child processes': `(await import('node:child_process')).execSync('id')`,
    'another program in its place': `process.execve('/bin/sh', ['sh'])`,
    threads: `new (await import('node:worker_threads')).Worker('1', { eval: true })`,
    databases: `new (await import('node:sqlite')).DatabaseSync('/tmp/x.db')`,
    'databases by another door': `process.getBuiltinModule('node:sqlite')`,
    'processes by another door': `process.getBuiltinModule('child_process').execSync('id')`,
    'signals to the runner': `process.kill(process.ppid, 0)`,
    'signals by another door': `process._kill(process.ppid, 0)`,
    'native add-ons': `process.dlopen({ exports: {} }, '/x.node')`,
    'bindings of Node': `process.binding('fs')`,
    'the inspector': `(await import('node:inspector')).open(0)`,
    'waking the inspector of the runner': `process._debugProcess(process.ppid)`,
    WASI: `new (await import('node:wasi')).WASI({ version: 'preview1', preopens: { '/': '/' } })`,
    'other contexts': `(await import('node:vm')).runInThisContext('1')`,
    'code from text': `new Function('return 1')()`,
    'priorities of others': `os.setPriority(process.ppid, 1)`,
    'another user': `process.setuid(0)`,
    'hooks of its own': `(await import('node:module')).registerHooks({})`,
    'reports on disk': `process.report.writeReport('/tmp/x.json')`,
  }
  test('everything that would reach outside', async () => {
    const tries = Object.entries(refused)
      .map(
        ([name, code]) =>
          `[${JSON.stringify(name)}, async () => { ${code.replace(/^(?=\(|await|new|process|os)/, 'return ')} }]`,
      )
      .join(',\n')
    const result = await run(
      `import net from 'node:net'; import dgram from 'node:dgram'; import os from 'node:os'
       export default async (inputs) => {
         const open = []
         for (const [name, attempt] of [${tries}]) {
           try { await attempt(); open.push(name) } catch {}
         }
         return open
       }`,
      { port },
      { extension: 'mjs' },
    )
    expect(result).toEqual([])
    expect(hits).toBe(0)
  })

  test('a reason that its author understands', async () => {
    await expect(
      run(`import { execSync } from 'node:child_process'\nexport default () => execSync('id')`),
    ).rejects.toThrow(
      'A tool may not use "node:child_process". Tools run without processes, threads, network and files outside their folder; pass what they need as inputs.',
    )
    await expect(run(`export default () => fetch('http://127.0.0.1:4999')`)).rejects.toThrow(
      /fetch failed: .*--allow-net/,
    )
  })

  test('the environment of the runner', async () => {
    expect(await run('export default () => ({ ...process.env })')).toEqual({})
  })

  test('CommonJS doors to the loader', async () => {
    const code = `module.exports = () => { const M = module.constructor; const open = []
      for (const id of ['node:sqlite', 'child_process', 'worker_threads', 'node:module']) { try { M._load(id); open.push(id) } catch {} try { require(id); open.push(id) } catch {} }
      try { M.registerHooks({}); open.push('hooks') } catch {}
      return open }`
    expect(await run(code, {}, { extension: 'cjs' })).toEqual([])
  })
})
