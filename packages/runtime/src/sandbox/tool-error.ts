import { AppError } from '@ratchet/contract'
import type { ToolFailure } from './tool-answer.ts'

/** Where a tool's code is: its path in the release, and the folder it was loaded from. */
export type ToolPlace = { readonly file: string; readonly folder: string }

const maxStackLines = 5

/** The failure of a tool's own code, with the lines of its stack that are in the user's files. */
export function toolError(place: ToolPlace, failure: ToolFailure): AppError {
  const stack = userStack(place, failure.stack)
  const at = stack[0] === undefined ? '' : ` (${stack[0]})`
  return new AppError('tool_failed', {
    message: `The tool "${place.file}" failed: ${hideFolder(place, failure.message)}${at}`,
    details: { file: place.file, ...(stack.length > 0 ? { stack } : {}) },
  })
}

/** A failure of the worker around the tool. */
export function workerError(place: ToolPlace, problem: string, cause?: unknown): AppError {
  return new AppError('tool_failed', {
    message: `The tool "${place.file}" failed: ${problem}`,
    details: { file: place.file },
    cause,
  })
}

function userStack(place: ToolPlace, stack: string): string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && line.includes(place.folder))
    .slice(0, maxStackLines)
    .map((line) => hideFolder(place, line.trim().replace(/^at /, '')))
}

/** Paths of this machine say nothing to the author of a tool: they become paths in the app folder. */
function hideFolder(place: ToolPlace, text: string): string {
  const end = place.file.lastIndexOf('/')
  const folderInApp = end < 0 ? '' : place.file.slice(0, end + 1)
  return text.replaceAll(`file://${place.folder}/`, folderInApp).replaceAll(`${place.folder}/`, folderInApp)
}
