import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The longest path of a unix socket that Linux (108 bytes) and macOS (104) both take. */
const longestPathBytes = 100

export type RunnerSocket = { readonly path: string; readonly remove: () => void }

/** Chooses where to listen: in the run folder, or in a private temporary folder when that path is too long. */
export function chooseSocket(runFolder: string, instance: string): RunnerSocket {
  const name = `runner-${instance}.sock`
  const path = join(runFolder, name)
  if (Buffer.byteLength(path) <= longestPathBytes)
    return { path, remove: () => rmSync(path, { force: true }) }
  // mkdtemp makes the folder with mode 0700.
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-'))
  return { path: join(folder, name), remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Listens for this user only. */
export async function listenOn(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(path, resolve)
  await promise
  server.off('error', reject)
  chmodSync(path, 0o600)
}

const youngMs = 10_000

/** Removes sockets in the run folder that killed runners left: nobody answers on them. */
export async function removeDeadSockets(runFolder: string, own: string): Promise<void> {
  for (const name of readdirSync(runFolder)) {
    const path = join(runFolder, name)
    if (!/^runner-.+\.sock$/.test(name) || path === own) continue
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    if (age > youngMs && !(await answers(path))) rmSync(path, { force: true })
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const settle = (result: boolean) => (): void => {
      socket.destroy()
      resolve(result)
    }
    socket.setTimeout(1_000, settle(true))
    socket.once('connect', settle(true))
    socket.once('error', settle(false))
  })
}
