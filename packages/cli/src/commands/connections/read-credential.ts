import { isCancel, password } from '@clack/prompts'
import { AppError } from '@ratchet/contract'
import type { Run } from '../../verb.ts'

/** What --key takes, for the help of every verb that has it. */
export const keyOption = 'credential; "-" reads it from standard input, env:NAME from a variable'

/**
 * A credential as --key names it: the text itself, `-` for standard input, `env:NAME` for a variable of this machine.
 * Undefined when none is given.
 */
export async function readCredential(run: Run, written: string | undefined): Promise<string | undefined> {
  if (written === undefined) return undefined
  if (written === '-') return (await run.io.readStdin()).trim() || undefined
  if (!written.startsWith('env:')) return written
  const name = written.slice('env:'.length)
  const value = run.io.environment[name]?.trim()
  if (value) return value
  throw new AppError('validation_failed', {
    message: `The environment variable ${name} is not set, and --key ${written} reads the credential from it. Set it, or give the credential with --key -.`,
    details: { field: 'key', variable: name },
  })
}

/** Asks for a credential without showing it; undefined without a terminal, or when nothing is entered. */
export async function askCredential(run: Run, message: string): Promise<string | undefined> {
  if (!run.io.canAsk || run.output.isJson) return undefined
  const answer = await password({ message })
  return isCancel(answer) || answer === '' ? undefined : answer
}
