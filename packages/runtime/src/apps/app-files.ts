import { posix } from 'node:path'

/** A file of an app folder; `path` is relative with forward slashes. */
export type AppFile = { readonly path: string; readonly content: Uint8Array }

/** The files of an app folder by path. Text is decoded once and kept. */
export class AppFiles {
  readonly #files: ReadonlyMap<string, Uint8Array>
  readonly #texts = new Map<string, string>()

  constructor(files: readonly AppFile[]) {
    this.#files = new Map(files.map((file) => [file.path.replace(/^\.\//, ''), file.content]))
  }

  paths(): string[] {
    return [...this.#files.keys()].toSorted()
  }

  sizeBytes(path: string): number {
    return this.#files.get(path)?.length ?? 0
  }

  has(path: string): boolean {
    return this.#files.has(path)
  }

  /** The text of a file without a byte order mark; undefined when the file is not there. */
  text(path: string): string | undefined {
    const content = this.#files.get(path)
    if (content === undefined) return undefined
    const known = this.#texts.get(path)
    if (known !== undefined) return known
    const text = new TextDecoder().decode(content).replaceAll('\r\n', '\n')
    this.#texts.set(path, text)
    return text
  }
}

/**
 * The path in the app folder that a file means by a relative path; undefined when it leaves the folder.
 * Backslashes count as slashes, so that folders made on Windows work.
 */
export function resolvePath(fromFile: string, relative: string): string | undefined {
  const given = relative.replaceAll('\\', '/')
  if (given.startsWith('/') || given === '') return undefined
  const path = posix.normalize(posix.join(posix.dirname(fromFile), given))
  return path === '..' || path.startsWith('../') ? undefined : path.replace(/^\.\//, '')
}
