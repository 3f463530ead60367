import { AppError, appIssue, isAppError } from '@ratchet/contract'
import { ApiError } from '@ratchet/sdk'
import { CommanderError } from 'commander'
import { z } from 'zod'
import type { Io } from './io.ts'
import { makePaint, wantsColour } from './render/paint.ts'

/** Exit codes of every verb. For `eval`, 1 says that a threshold failed; for `apply --plan`, 3 that something differs. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, drift: 3, interrupted: 130 } as const

/** Tells the person what went wrong and what to do; gives the exit code. Never a stack trace, unless RATCHET_DEBUG=1. */
export function printFailure(io: Io, error: unknown, isJson: boolean): number {
  if (error instanceof CommanderError) return printUsageFailure(io, error, isJson)
  if (io.signal.aborted && !isAppError(error)) return exitCodes.interrupted
  const failure = isAppError(error) ? error : unexpected(error)
  const requestId = failure instanceof ApiError ? failure.requestId : undefined
  if (isJson) io.stdout.write(`${JSON.stringify(failure.toBody(requestId))}\n`)
  const paint = makePaint(wantsColour(io.stderr.isTerminal, io.environment))
  const lines = [`${paint.bad('error')}: ${failure.message}`, ...issueLines(failure)]
  if (requestId !== undefined && failure.status >= 500) lines.push(paint.dim(`request ${requestId}`))
  io.stderr.write(`${lines.join('\n')}\n`)
  if (isDebug(io)) io.stderr.write(`${describe(error)}\n`)
  return failure.status < 500 ? exitCodes.usage : exitCodes.failed
}

/** Commander has written its message already; help and version are not failures. */
function printUsageFailure(io: Io, error: CommanderError, isJson: boolean): number {
  if (error.exitCode === 0) return exitCodes.ok
  if (isJson) {
    const message = error.message.replace(/^error: /, '')
    const body = new AppError('bad_request', { message, details: { usage: error.code } }).toBody()
    io.stdout.write(`${JSON.stringify(body)}\n`)
  }
  return exitCodes.usage
}

/** The problems of an app folder, as editors understand them: `file:line:column message`. */
function issueLines(failure: AppError): string[] {
  const parsed = z.array(appIssue).safeParse(failure.details['issues'])
  if (!parsed.success) return []
  return parsed.data.flatMap(({ file, line, column, message, suggestion, severity }) => {
    const place = [file, line, column].filter((part) => part !== undefined).join(':')
    const text = `  ${place}: ${severity === 'warning' ? 'warning: ' : ''}${message}`
    return suggestion === undefined ? [text] : [text, `    ${suggestion}`]
  })
}

function unexpected(error: unknown): AppError {
  if (error instanceof Error && 'syscall' in error) return systemFailure(error)
  const message = error instanceof Error ? error.message : String(error)
  return new AppError('internal', {
    message: `${message}. This is a fault of Ratchet: set RATCHET_DEBUG=1 to see where, and report it.`,
    cause: error,
  })
}

const problems: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read or written by you',
  EISDIR: 'is a folder, and a file is needed',
  ENOTDIR: 'is a file, and a folder is needed',
  ENOSPC: 'could not be written: the disk is full',
}

function systemFailure(error: Error & { readonly code?: unknown; readonly path?: unknown }): AppError {
  const problem = problems[String(error.code)]
  // Others already name the path and the reason.
  const message =
    problem === undefined || typeof error.path !== 'string'
      ? error.message
      : `${JSON.stringify(error.path)} ${problem}`
  return new AppError('bad_request', { message: `${message}.`, cause: error })
}

function isDebug(io: Io): boolean {
  return io.environment['RATCHET_DEBUG'] === '1'
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\ncaused by ${describe(error.cause)}`
  return `${error.stack ?? error.message}${cause}`
}
