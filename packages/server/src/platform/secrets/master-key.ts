import { createHash, hkdfSync, randomBytes } from 'node:crypto'
import { link, open, readFile, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@ratchet/contract'

/** The key above all keys. It never leaves this process; only keys wrapped or derived by it are stored or handed on. */
export type MasterKey = {
  /** Names the key beside what it wrapped; says nothing about it. */
  readonly id: string
  readonly bytes: Buffer
  readonly source: 'environment' | 'file'
}

/**
 * The key of `RATCHET_MASTER_KEY` when set, else that of `<dataFolder>/master.key`, made at first start
 * (mode 0600). Back that file up: without it every stored credential is lost.
 */
export async function loadMasterKey(options: {
  dataFolder: string
  fromEnvironment?: string | undefined
}): Promise<MasterKey> {
  const given = options.fromEnvironment?.trim()
  if (given) return makeMasterKey(parseKey(given, 'RATCHET_MASTER_KEY'), 'environment')
  const file = join(options.dataFolder, 'master.key')
  const text = (await readKeyFile(file)) ?? (await createKeyFile(file))
  return makeMasterKey(parseKey(text.trim(), `"${file}"`), 'file')
}

/** A master key from its 32 bytes. */
export function makeMasterKey(bytes: Buffer, source: MasterKey['source']): MasterKey {
  const id = createHash('sha256').update('ratchet master key id').update(bytes).digest('hex').slice(0, 16)
  return { id, bytes, source }
}

/** A 32-byte key for one purpose (`snapshot`, `invocation-token`): the same each start, useless for any other. */
export function deriveKey(master: MasterKey, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master.bytes, 'ratchet', purpose, 32))
}

/** Reads 32 bytes from 64 hex digits or base64; the message never shows the value. */
export function parseKey(text: string, where: string): Buffer {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex')
  const bytes = Buffer.from(text, 'base64')
  const isBase64 = /^[A-Za-z0-9+/_-]+={0,2}$/.test(text)
  if (isBase64 && bytes.byteLength === 32) return bytes
  const found = isBase64
    ? `${bytes.byteLength} bytes`
    : `${text.length} characters that are neither hex nor base64`
  throw new AppError('unavailable', {
    message: `The master key in ${where} must be 32 bytes as base64 or hex, but holds ${found}. Restore the right key from your backup; for a new installation make one with: openssl rand -base64 32`,
    details: { where },
  })
}

async function readKeyFile(file: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(file)
    if ((mode & 0o077) !== 0 && process.platform !== 'win32') {
      throw new AppError('unavailable', {
        message: `The master key "${file}" can be read by other users (mode ${(mode & 0o777).toString(8)}). Close it with: chmod 600 "${file}". If others may have copied it, rotate it: ratchet secrets rotate`,
        details: { file },
      })
    }
    return await readFile(file, 'utf8')
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error instanceof AppError) throw error
    if (error.code === 'ENOENT') return undefined
    throw new AppError('unavailable', {
      message: `The master key "${file}" cannot be read: ${error.message}. Make it readable for the user that runs Ratchet, or set RATCHET_MASTER_KEY.`,
      details: { file },
      cause: error,
    })
  }
}

async function createKeyFile(file: string): Promise<string> {
  const text = `${randomBytes(32).toString('base64')}\n`
  // Not the pid: in a container it is the same at each start, and a start that was killed here leaves its file behind.
  const half = `${file}.${randomBytes(6).toString('hex')}`
  const handle = await open(half, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  try {
    // A link never replaces: a key that appeared meanwhile wins.
    await link(half, file)
    return text
  } catch (error) {
    const existing = await readKeyFile(file)
    if (existing === undefined) throw error
    return existing
  } finally {
    await unlink(half)
  }
}
