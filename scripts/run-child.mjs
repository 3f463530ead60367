import { spawn, spawnSync } from 'node:child_process'
import { childEnvironment, root } from './bootstrap.mjs'

/** Runs a program in the workspace folder with its output on ours; gives its exit code. */
export function runStep(program, args, options = {}) {
  const { status, signal, error } = spawnSync(program, args, {
    cwd: root,
    stdio: 'inherit',
    ...options,
    env: childEnvironment(options.env),
  })
  if (error) process.stderr.write(`${program}: ${error.message}\n`)
  return status ?? (signal ? 130 : 1)
}

/** Becomes the program as far as that is possible: same terminal, signals passed on, same end. */
export function becomeProgram(program, args, options = {}) {
  const child = spawn(program, args, { stdio: 'inherit', ...options, env: childEnvironment(options.env) })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  const passOn = (signal) => child.kill(signal)
  for (const signal of signals) process.on(signal, passOn)
  child.once('error', (error) => {
    process.stderr.write(`${program}: ${error.message}\n`)
    process.exit(1)
  })
  child.once('exit', (code, signal) => {
    for (const name of signals) process.off(name, passOn)
    if (signal) process.kill(process.pid, signal)
    else process.exit(code ?? 1)
  })
}
