import type { Io } from '../io.ts'
import { runCli } from '../run-cli.ts'

/** What a command line printed and how it ended. */
export type CliResult = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** Runs a command line in process with captured output, no terminal and only the environment given. */
export async function runTestCli(
  args: readonly string[],
  parts: {
    readonly environment?: Io['environment']
    readonly folder?: string
    readonly stdin?: string
    readonly signal?: AbortSignal
  } = {},
): Promise<CliResult> {
  const written = { stdout: '', stderr: '' }
  const stream = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => void (written[name] += text),
    isTerminal: false,
    columns: 120,
  })
  const code = await runCli(args, {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    canAsk: false,
    environment: parts.environment ?? {},
    folder: parts.folder ?? '/',
    signal: parts.signal ?? new AbortController().signal,
    readStdin: async () => parts.stdin ?? '',
  })
  return { code, ...written }
}
