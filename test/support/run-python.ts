import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const installer = new URL('../../scripts/python-environments.mjs', import.meta.url).pathname

/** How long a test may take that is the first to ask for an environment, which then is installed. */
export const installTimeoutMs = 400_000

/** Runs a Python program with the libraries of an environment and gives what it printed. */
export async function runPython(
  environment: 'python-clients' | 'python-litellm',
  program: string,
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const { stdout: interpreter } = await run(process.execPath, [installer, environment])
  const { stdout } = await run(interpreter.trim(), ['-c', program], { env: { ...process.env, ...variables } })
  return stdout.trim()
}
