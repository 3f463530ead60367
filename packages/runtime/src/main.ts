/** The runner as a process: control starts it, and it outlives control until it is told to stop. */
import { isAppError } from '@ratchet/contract'
import { loadRunnerConfig } from './config.ts'
import { startRunner } from './runner/start-runner.ts'

try {
  const runner = await startRunner(loadRunnerConfig(process.env))
  const stop = (): void => {
    runner.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    )
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
} catch (error) {
  fail(error)
}

function fail(error: unknown): void {
  const shown = isAppError(error) ? error.message : error instanceof Error ? error.stack : String(error)
  process.stderr.write(`The runner cannot go on: ${shown}\n`)
  process.exit(1)
}
