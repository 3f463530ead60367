import { makeProgram } from './program.ts'
import type { Io } from './io.ts'
import { printFailure } from './print-failure.ts'
import type { Program } from './verb.ts'

/** Runs one command line (without `ratchet`) and gives its exit code; never throws. */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  const program: Program = { io, exitCode: 0 }
  try {
    await makeProgram(program).parseAsync([...args], { from: 'user' })
    return program.exitCode
  } catch (error) {
    return printFailure(io, error, args.includes('--json'))
  }
}
