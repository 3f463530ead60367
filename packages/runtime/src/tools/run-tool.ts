import { dirname, join } from 'node:path'
import { AppError } from '@ratchet/contract'
import { suggestNames } from '@ratchet/core/graph'
import type { ToolCall } from '../flows/execution-parts.ts'
import type { LoadedRelease } from '../releases/loaded-releases.ts'
import type { Sandbox } from '../sandbox/index.ts'

/**
 * Runs a tool of a release in the sandbox, where it can read its own folder of that release and nothing else.
 * Throws `tool_failed`, `timeout`, `not_found` for a file that the release does not have, or the signal's reason.
 */
export async function runTool(
  sandbox: Sandbox,
  release: Pick<LoadedRelease, 'folder' | 'paths'>,
  call: ToolCall,
): Promise<unknown> {
  if (!release.paths.has(call.file)) {
    throw new AppError('not_found', {
      message: `The release has no tool "${call.file}". ${suggestNames(call.file, release.paths)}`.trim(),
      details: { file: call.file },
    })
  }
  const path = join(release.folder, call.file)
  return sandbox.run({
    place: { file: call.file, folder: dirname(path) },
    path,
    inputs: call.inputs,
    timeoutMs: call.timeoutMs,
    signal: call.signal,
  })
}
