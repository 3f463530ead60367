import { AppError, type AppIssue } from '@ratchet/contract'
import { digestOf } from '#platform/blobs/folder-blobs.ts'

/** Largest app folder with its documents, unpacked. */
const folderLimitBytes = 50 * 1024 * 1024

/** A file of an app folder as it arrived. */
export type UnpackedFile = { readonly path: string; readonly content: Uint8Array; readonly digest: string }

/** Decodes pushed files, sorted by path. Throws `app_invalid` for paths that could leave a folder or clash in one. */
export function unpackFiles(files: readonly { path: string; contentBase64: string }[]): UnpackedFile[] {
  const issues = findPathIssues(files.map((file) => file.path))
  if (issues.length > 0) throw appInvalid(issues)
  let sizeBytes = 0
  const unpacked = files.map(({ path, contentBase64 }) => {
    sizeBytes += Math.floor((contentBase64.length * 3) / 4)
    if (sizeBytes > folderLimitBytes) throw tooLarge(files.length)
    const content = decode(path, contentBase64)
    return { path, content, digest: digestOf(content) }
  })
  return unpacked.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/** Paths must mean one file inside the folder, on every system that the runner may run on. */
export function findPathIssues(paths: readonly string[]): AppIssue[] {
  const seen = new Map<string, string>()
  const folders = new Set<string>()
  for (const path of paths) {
    const parts = path.split('/')
    for (let depth = 1; depth < parts.length; depth += 1)
      folders.add(parts.slice(0, depth).join('/').toLowerCase())
  }
  return paths.flatMap((path): AppIssue[] => {
    const folded = path.normalize('NFC').toLowerCase()
    const twin = seen.get(folded)
    seen.set(folded, path)
    const message = problemOf(path) ?? clashOf(path, twin, folders.has(folded))
    return message === undefined ? [] : [{ file: path, message, severity: 'error' }]
  })
}

function problemOf(path: string): string | undefined {
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path))
    return 'The path is absolute; give paths relative to the app folder.'
  if (path.includes('\\')) return 'The path has a backslash; separate folders with "/".'
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'The path has a control character; rename the file.'
  const parts = path.split('/')
  if (parts.includes('..')) return 'The path leaves the app folder with ".."; move the file inside.'
  if (parts.includes('') || parts.includes('.'))
    return 'The path has an empty or "." part; give it in its plain form.'
  return undefined
}

function clashOf(path: string, twin: string | undefined, isFolder: boolean): string | undefined {
  if (twin === path) return 'The file is there twice.'
  if (twin !== undefined)
    return `The path differs from "${twin}" only in case; some systems cannot hold both.`
  return isFolder ? 'The path is a file and a folder at once.' : undefined
}

/** One failure for a whole list of problems: the first in words, all of them in the details. */
export function appInvalid(issues: readonly AppIssue[]): AppError {
  const first = issues[0]
  const place = first
    ? [first.file, first.line, first.column].filter((part) => part !== undefined).join(':')
    : ''
  const suggestion = first?.suggestion === undefined ? '' : ` ${first.suggestion}`
  const rest = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  return new AppError('app_invalid', {
    message: `${place}: ${first?.message ?? 'The app folder is not valid.'}${suggestion}${rest}`,
    details: { issues },
  })
}

function decode(path: string, text: string): Uint8Array {
  // Buffer skips what is not base64; a file would then be stored other than it was.
  const content = Buffer.from(text, 'base64')
  if (content.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '')) return content
  throw new AppError('validation_failed', {
    message: `The content of "${path}" is not base64. Encode the bytes of the file with standard base64.`,
    details: { issues: [{ field: 'contentBase64', problem: `of ${path} is not base64` }] },
  })
}

function tooLarge(fileCount: number): AppError {
  return new AppError('body_too_large', {
    message: `The app folder with its documents (${fileCount} files) is larger than ${folderLimitBytes / 1024 / 1024} MB. Leave files out, or take fewer documents into its indexes.`,
    details: { limitBytes: folderLimitBytes, fileCount },
  })
}
