import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A running PostgreSQL for tests: nothing in it survives `stop`. */
export type PostgresServer = { readonly url: string; readonly stop: () => Promise<void> }

/** Starts a real PostgreSQL in `folder` on a free port of 127.0.0.1; as another user when we are root. */
export async function startPostgresServer(folder: string): Promise<PostgresServer> {
  const bin = findBinaries()
  const user = unprivilegedUser()
  const data = join(folder, 'postgres')
  chmodSync(folder, 0o755)
  mkdirSync(data, { mode: 0o700 })
  if (user) chownSync(data, user.uid, user.gid)
  const identity = user ? { uid: user.uid, gid: user.gid } : {}
  await run(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'ratchet', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'],
    {
      ...identity,
      cwd: data,
    },
  )
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const server = spawn(join(bin, 'postgres'), ['-D', data, ...settings(data, port)], {
      ...identity,
      cwd: data,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const output = collect(server)
    if (await isReady(bin, port, server))
      return { url: `postgres://ratchet@127.0.0.1:${port}`, stop: stopper(server) }
    if (attempt === 3) throw new Error(`The test PostgreSQL did not start:\n${output()}`)
  }
}

function settings(data: string, port: number): string[] {
  const values = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: data,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: 200,
    shared_buffers: '64MB',
    timezone: 'UTC',
  }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

function findBinaries(): string {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const candidates = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(':'),
  ]
  const found = candidates.find((folder) => folder !== '' && existsSync(join(folder, 'initdb')))
  if (!found) {
    throw new Error(
      'The tests need PostgreSQL 15 or later: no "initdb" found. Install it: apt-get install postgresql',
    )
  }
  return found
}

/** PostgreSQL refuses to run as root, so root lends it the account of "postgres", else of "nobody". */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const account = ['postgres', 'nobody']
    .map((name) => accounts.find((fields) => fields[0] === name))
    .find(Boolean)
  return account ? { uid: Number(account[2]), gid: Number(account[3]) } : { uid: 65_534, gid: 65_534 }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  const port = typeof address === 'object' && address ? address.port : 0
  await new Promise((resolve) => probe.close(resolve))
  return port
}

async function isReady(bin: string, port: number, server: ChildProcess): Promise<boolean> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (server.exitCode !== null) return false
    try {
      await run(join(bin, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port), '-U', 'ratchet', '-q'])
      return true
    } catch {
      // Not yet.
      await sleep(100)
    }
  }
  return false
}

function collect(server: ChildProcess): () => string {
  const chunks: string[] = []
  server.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    if (chunks.length < 200) chunks.push(chunk)
  })
  return () => chunks.join('')
}

function stopper(server: ChildProcess): () => Promise<void> {
  return async () => {
    if (server.exitCode !== null) return
    const exited = once(server, 'exit')
    // SIGQUIT is PostgreSQL's "immediate": nothing is worth saving.
    server.kill('SIGQUIT')
    await Promise.race([exited, sleep(5_000, undefined, { ref: false }).then(() => server.kill('SIGKILL'))])
  }
}
