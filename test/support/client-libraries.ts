import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const installer = new URL('../../scripts/client-libraries.mjs', import.meta.url).pathname

type Variables = Readonly<Record<string, string>>

/** How long a test may take that is the first to ask for an environment, which then is installed. */
export const installTimeoutMs = 400_000

async function folderOf(environment: string): Promise<string> {
  const { stdout } = await run(process.execPath, [installer, environment])
  return stdout.trim()
}

/** Runs a Python program with the libraries of an environment and gives what it printed. */
export async function runPython(
  environment: 'python-clients' | 'python-litellm',
  program: string,
  variables: Variables,
): Promise<string> {
  const interpreter = `${await folderOf(environment)}/bin/python`
  const { stdout } = await run(interpreter, ['-c', program], { env: { ...process.env, ...variables } })
  return stdout.trim()
}

/** Runs an ECMAScript module with the libraries of an environment and gives what it printed. */
export async function runModule(
  environment: 'langchain-js',
  program: string,
  variables: Variables,
): Promise<string> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], {
    cwd: await folderOf(environment),
    env: { ...process.env, ...variables },
  })
  return stdout.trim()
}
