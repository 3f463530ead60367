import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import {
  AppError,
  planGatewayConfig,
  type AppIssue,
  type ConfigProblem,
  type GatewayConfig,
  type OutputOf,
} from '@ratchet/contract'
import type { Client } from '@ratchet/sdk'
import type { Run } from '../verb.ts'

/** What a file would change, in the server's words; its form is right. */
export type FilePlan = OutputOf<typeof planGatewayConfig> & { readonly config: GatewayConfig }

/**
 * Reads a gateway file; `-` is standard input. Nothing at all is refused: it is what a command leaves that failed
 * before the pipe, and would take everything away.
 */
export async function readGatewayText(run: Run, path: string): Promise<string> {
  const text = path === '-' ? await run.io.readStdin() : await readFile(resolve(run.io.folder, path), 'utf8')
  if (text.trim() !== '') return text
  const name = path === '-' ? 'Standard input' : path
  throw new AppError('validation_failed', {
    message: `${name} is empty; nothing was changed. To take everything away, apply a file that says {}.`,
    details: { file: path },
  })
}

/**
 * Has the server compare a file with what is in force. Throws `validation_failed` with file, line and column of every
 * error; warnings come with the plan.
 */
export async function planFile(
  client: Client,
  run: Run,
  file: { readonly path: string; readonly text: string },
): Promise<FilePlan> {
  const name = file.path === '-' ? 'standard input' : file.path
  const plan = await client.call(planGatewayConfig, {
    body: { text: file.text, file: name },
    signal: run.io.signal,
  })
  const errors = plan.problems.filter(({ severity }) => severity === 'error')
  const { config } = plan
  if (errors.length === 0 && config !== undefined) return { ...plan, config }
  throw new AppError('validation_failed', {
    message: `${name} has ${errors.length} error${errors.length === 1 ? '' : 's'}; nothing was changed.`,
    details: { issues: plan.problems.map((problem) => issueOf(name, problem)) },
  })
}

/** A problem as editors understand it. */
export function issueOf(file: string, problem: ConfigProblem): AppIssue {
  const { severity, path, message, suggestion, line, column } = problem
  return {
    file,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    message: path === '' ? message : `${path}: ${message}`,
    ...(suggestion === undefined ? {} : { suggestion }),
    severity,
  }
}
