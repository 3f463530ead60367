import { existsSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { AppError } from '@ratchet/contract'
import type { Client } from '@ratchet/sdk'
import type { Io } from '../io.ts'
import type { Output } from '../output.ts'
import { pushApp } from './push-app.ts'

/** What to call: `connection/model`, `app/<name>` or `app/<name>@<release>`, with the file to run when it is one. */
export type Target = { readonly model: string; readonly entry?: string; readonly label: string }

/**
 * Turns what a person wrote into what the server calls. Something that exists on disk is an app folder or a
 * flow or prompt file in one, and is pushed as a draft; a bare name is a deployed app; the rest is a model.
 */
export async function resolveTarget(
  client: Client,
  written: string,
  baseFolder: string,
  teller: { readonly io: Io; readonly output: Output },
): Promise<Target> {
  const path = localPath(written, baseFolder)
  if (path === undefined) return namedTarget(written)
  const { folder, entry } = splitAppPath(path)
  const { release } = await pushApp(client, folder, teller, { draft: true })
  const label = `${release.app}${entry === undefined ? '' : `/${entry}`} (${release.label || release.digest.slice(0, 8)})`
  return {
    model: `app/${release.app}@${release.label || release.digest}`,
    label,
    ...(entry === undefined ? {} : { entry }),
  }
}

/** The path that a target names on this machine; undefined when it is a name for the server. */
export function localPath(written: string, baseFolder: string): string | undefined {
  if (written.startsWith('app/')) return undefined
  const path = resolve(baseFolder, written)
  if (existsSync(path)) return path
  if (!written.startsWith('.') && !isAbsolute(written) && !/\.(ya?ml|prompty)$/u.test(written))
    return undefined
  throw new AppError('validation_failed', {
    message: `There is no "${path}". Give an app folder, a flow or prompt file in one, a deployed app's name, or connection/model.`,
    details: { target: written, path },
  })
}

/** The app folder that a path is in, and the file in it; a folder itself has no entry. */
export function splitAppPath(path: string): { folder: string; entry?: string } {
  const isFolder = statSync(path).isDirectory()
  for (let folder = isFolder ? path : dirname(path); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'ratchet.yaml'))) {
      const entry = relative(folder, path).replaceAll('\\', '/')
      return isFolder || entry === 'ratchet.yaml' ? { folder } : { folder, entry }
    }
    if (dirname(folder) === folder) break
  }
  throw new AppError('app_invalid', {
    message: `"${path}" is not in an app folder: no ratchet.yaml beside or above it. Make an app with: ratchet init my-app`,
    details: { path },
  })
}

function namedTarget(written: string): Target {
  const label = written.replace(/@([0-9a-f]{12})[0-9a-f]{52}$/u, '@$1')
  return written.includes('/')
    ? { model: written, label }
    : { model: `app/${written}`, label: `app/${written}` }
}
