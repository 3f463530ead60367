import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** The commit that a folder stands at; `dirty` when it holds changes that are not in it. */
export type GitState = { readonly commit: string; readonly branch?: string; readonly dirty: boolean }

const run = promisify(execFile)

/** The Git state of a folder and its sources; undefined outside a work tree, before the first commit or without Git. */
export async function readGitState(
  folder: string,
  sources: readonly string[] = [],
): Promise<GitState | undefined> {
  try {
    const commit = await git(folder, 'rev-parse', 'HEAD')
    const branch = await git(folder, 'rev-parse', '--abbrev-ref', 'HEAD')
    const changes = await git(folder, 'status', '--porcelain', '--untracked-files=normal', '--', '.')
    const sourceChanges = await Promise.all(
      sources.map((source) => git(source, 'status', '--porcelain', '--', '.').catch(() => '')),
    )
    const dirty = [changes, ...sourceChanges].some((text) => text !== '')
    return { commit, dirty, ...(branch === 'HEAD' ? {} : { branch }) }
  } catch {
    // Not a work tree, or no Git on this machine: a release without a commit is allowed.
    return undefined
  }
}

async function git(folder: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', folder, ...args], {
    timeout: 10_000,
    maxBuffer: 8 * 1024 * 1024,
  })
  return stdout.trim()
}
