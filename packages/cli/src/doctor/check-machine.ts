import { access, constants, readFile, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { formatBytes } from '../render/figures.ts'
import { fail, ok, warn, type Finding } from './check.ts'

const mebibyte = 1024 * 1024

/** The Node that runs us. */
export function checkNode(version = process.versions.node): Finding {
  const major = Number(version.split('.')[0])
  if (major === 26) return ok('node', `Node ${version}`)
  if (major > 26)
    return warn(
      'node',
      `Node ${version}; Ratchet is tested on 26`,
      'Start it with npx ratchet, which finds the pinned Node.',
    )
  return fail(
    'node',
    `Node ${version}; Ratchet runs on 26`,
    'Run npm ci --ignore-scripts=false, then npx ratchet.',
  )
}

/** Rights on the data folder. */
export async function checkDataFolder(folder: string): Promise<Finding> {
  const found = await stat(folder).catch(() => undefined)
  if (!found) {
    const parent = await nearestParent(folder)
    const isWritable = await canWrite(parent)
    return isWritable
      ? ok('data folder', `${folder} will be made at the first start`)
      : fail(
          'data folder',
          `${folder} does not exist and ${parent} is not writable`,
          'Choose a folder with --data or RATCHET_DATA.',
        )
  }
  if (!found.isDirectory())
    return fail('data folder', `${folder} is not a folder`, 'Choose a folder with --data or RATCHET_DATA.')
  if (!(await canWrite(folder)))
    return fail(
      'data folder',
      `${folder} is not writable`,
      `Run as its owner, or: chown -R "$USER" ${folder}`,
    )
  return ok('data folder', folder)
}

/** The master key must be there and be readable by its owner only. */
export async function checkMasterKey(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Finding> {
  if (environment['RATCHET_MASTER_KEY']) return ok('master key', 'from RATCHET_MASTER_KEY')
  const path = join(folder, 'master.key')
  const found = await stat(path).catch(() => undefined)
  if (!found) return ok('master key', 'will be made at the first start; back it up then')
  if ((found.mode & 0o077) !== 0)
    return fail('master key', `${path} can be read by others`, `chmod 600 ${path}`)
  const isReadable = await access(path, constants.R_OK).then(
    () => true,
    () => false,
  )
  return isReadable
    ? ok('master key', `${path}, readable by its owner only`)
    : fail('master key', `${path} cannot be read`, 'Run as the user that owns the data folder.')
}

/** Room for spans, indexes and logs. */
export async function checkDisk(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(await nearestParent(folder))
  const freeBytes = bavail * bsize
  const text = `${formatBytes(freeBytes)} free`
  if (freeBytes < 200 * mebibyte)
    return fail('disk', text, 'Free some space: telemetry is dropped when the spool cannot grow.')
  if (freeBytes < 2048 * mebibyte) return warn('disk', text, 'Spans and indexes grow; leave a few GiB.')
  return ok('disk', text)
}

/** Memory for the two embedded engines. */
export async function checkMemory(): Promise<Finding> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '')
  const availableKib = Number(/MemAvailable:\s+(\d+)/u.exec(text)?.[1] ?? Number.NaN)
  if (Number.isNaN(availableKib)) return ok('memory', 'not told by this system')
  const message = `${formatBytes(availableKib * 1024)} available`
  return availableKib < 800 * 1024
    ? warn(
        'memory',
        message,
        'The embedded engines take about 600 MiB; use servers (DATABASE_URL, CLICKHOUSE_URL) or more memory.',
      )
    : ok('memory', message)
}

async function canWrite(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  )
}

async function nearestParent(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    if (await stat(at).catch(() => undefined)) return at
    if (dirname(at) === at) return at
  }
}
