import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { AppError } from '@ratchet/contract'
import { z } from 'zod'

/** Where a server answers and what to say to it. */
export type FoundServer = {
  readonly url: string
  /** Absent when the server is only known by its address; its API tells then. */
  readonly gatewayUrl?: string
  readonly key: string | undefined
  readonly pid?: number
}

const controlFile = z.object({ pid: z.number().int(), url: z.string(), gatewayUrl: z.string() })

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The data folder that local commands mean: --data, RATCHET_DATA, else the nearest `.ratchet` in this
 * folder or above, else `.ratchet` here.
 */
export function findDataFolder(folder: string, environment: Environment, given?: string): string {
  const named = given ?? environment['RATCHET_DATA']
  if (named !== undefined && named !== '') return resolve(folder, named)
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, '.ratchet'))) return join(at, '.ratchet')
    if (dirname(at) === at) return resolve(folder, '.ratchet')
  }
}

/** RATCHET_URL with RATCHET_KEY, else the server that runs on the data folder; undefined when none runs. */
export function findServer(environment: Environment, dataFolder: string): FoundServer | undefined {
  const key = environment['RATCHET_KEY'] || environment['RATCHET_BOOTSTRAP_KEY'] || undefined
  const url = environment['RATCHET_URL']
  if (url) return { url: checkUrl(url), key }
  const local = findLocalServer(dataFolder)
  return local && { ...local, key: readLocalKey(dataFolder) ?? key }
}

/** The control process that runs on a data folder of this machine. */
export function findLocalServer(dataFolder: string): z.output<typeof controlFile> | undefined {
  const control = readControlFile(dataFolder)
  return control && isAlive(control.pid) ? control : undefined
}

/** The key that a running control keeps for commands of the same user on the same machine. */
export function readLocalKey(dataFolder: string): string | undefined {
  const path = join(dataFolder, 'run', 'cli.key')
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined
}

function readControlFile(dataFolder: string): z.output<typeof controlFile> | undefined {
  const path = join(dataFolder, 'run', 'control.json')
  if (!existsSync(path)) return undefined
  try {
    return controlFile.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    // A torn file from a killed process names nobody.
    return undefined
  }
}

function checkUrl(text: string): string {
  const url = URL.parse(text)
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return text.replace(/\/+$/, '')
  throw new AppError('validation_failed', {
    message: `RATCHET_URL is "${text}"; give the address of the control plane, like http://127.0.0.1:4700.`,
    details: { field: 'RATCHET_URL', value: text },
  })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
