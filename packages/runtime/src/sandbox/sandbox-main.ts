/**
 * The program of a tool's worker process. It runs under Node's permission model, which closes files outside the
 * tool's folder, the network, processes and threads; this file closes what that model leaves open: signals to
 * other processes, priorities, and built-in modules that a tool has no use for. It imports nothing of ours, so
 * that it is the only file of ours a tool can read. One call at a time: a JSON line in, a JSON line out.
 */
import { registerHooks, Module, syncBuiltinESMExports } from 'node:module'
import { Console } from 'node:console'
import os from 'node:os'
import { createInterface } from 'node:readline'

const [, , toolUrl = ''] = process.argv
const outputLimitBytes = Number(process.argv[3])
const answerPipe = process.stdout
const write = answerPipe.write.bind(answerPipe)
const exit = process.exit.bind(process)

const closedModules = new Set([
  'child_process',
  'cluster',
  'ffi',
  'inspector',
  'inspector/promises',
  'module',
  'repl',
  'sea',
  'sqlite',
  'test',
  'test/reporters',
  'trace_events',
  'v8',
  'vfs',
  'vm',
  'wasi',
  'worker_threads',
])

function isClosed(specifier: string): boolean {
  return closedModules.has(specifier.replace(/^node:/, ''))
}

function refuse(what: string): never {
  throw Object.assign(
    new Error(
      `A tool may not use ${what}. Tools run without processes, threads, network and files outside their folder; pass what they need as inputs.`,
    ),
    { code: 'ERR_ACCESS_DENIED' },
  )
}

function closeProcess(): void {
  const getBuiltin = process.getBuiltinModule.bind(process)
  const closed: Record<string, unknown> = {
    getBuiltinModule: (id: string): unknown => (isClosed(String(id)) ? refuse(`"${id}"`) : getBuiltin(id)),
    send: undefined,
    report: undefined,
  }
  const names = [
    'kill',
    '_kill',
    '_debugProcess',
    '_debugEnd',
    '_startProfilerIdleNotifier',
    'dlopen',
    'execve',
  ]
  const identity = ['setuid', 'seteuid', 'setgid', 'setegid', 'setgroups', 'initgroups']
  for (const name of [...names, ...identity, 'binding', '_linkedBinding', 'abort']) {
    closed[name] = () => refuse(`process.${name}`)
  }
  for (const [name, value] of Object.entries(closed)) {
    Object.defineProperty(process, name, { value, writable: false, configurable: false })
  }
  const closedOs: Record<string, unknown> = { setPriority: () => refuse('os.setPriority') }
  Object.assign(os, closedOs)
  syncBuiltinESMExports()
}

function closeModules(): void {
  registerHooks({
    resolve: (specifier, context, next) => {
      if (isClosed(specifier)) refuse(`"${specifier}"`)
      return next(specifier, context)
    },
  })
  // CommonJS files reach the class through \`module.constructor\`; hooks of theirs would run before ours.
  for (const name of ['registerHooks', 'register', 'runMain', '_preloadModules', '_initPaths']) {
    Object.defineProperty(Module, name, { value: undefined, writable: false, configurable: false })
  }
}

type Tool = (inputs: unknown, context: { readonly signal: AbortSignal }) => unknown

async function loadTool(): Promise<Tool> {
  const loaded: { readonly default?: unknown } = await import(toolUrl)
  if (typeof loaded.default === 'function') return loaded.default as Tool
  throw new Error(
    'The file has no default export that is a function. Write: export default async function (inputs) { … }',
  )
}

async function answer(line: string, tool: Tool): Promise<string> {
  const { id, inputs } = JSON.parse(line) as { readonly id: number; readonly inputs: unknown }
  const controller = new AbortController()
  try {
    const output: unknown = await tool(inputs, { signal: controller.signal })
    const json = toJson(output)
    if (Buffer.byteLength(json) > outputLimitBytes) {
      throw new Error(
        `The output has ${Buffer.byteLength(json)} bytes of JSON; the limit is ${outputLimitBytes}. Return less.`,
      )
    }
    return `{"id":${id},"output":${json}}`
  } catch (error) {
    return JSON.stringify({ id, error: describe(error) })
  } finally {
    controller.abort()
  }
}

function toJson(output: unknown): string {
  try {
    return JSON.stringify(output) ?? 'null'
  } catch (cause) {
    throw new Error(
      `The output is not JSON: ${String(cause)}. Return plain objects, lists, texts and numbers.`,
      { cause },
    )
  }
}

function describe(error: unknown): { message: string; stack: string } {
  try {
    return describeThrown(error)
  } catch {
    // What was thrown cannot even be printed: a getter of it throws, or it is no JSON.
    return { message: 'it threw a value that cannot be printed. Throw an Error.', stack: '' }
  }
}

function describeThrown(error: unknown): { message: string; stack: string } {
  if (!(error instanceof Error)) return { message: textOf(error), stack: '' }
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : ''
  return {
    message: `${String(error.message)}${cause}`.slice(0, 4_000),
    stack: String(error.stack ?? '').slice(0, 8_000),
  }
}

function textOf(value: unknown): string {
  return (typeof value === 'string' ? value : toJson(value)).slice(0, 4_000)
}

/** Everything a tool prints goes to standard error: standard output carries the answers. */
function redirectPrints(): void {
  const errors = process.stderr
  Object.defineProperty(process, 'stdout', { value: errors, writable: false, configurable: false })
  globalThis.console = new Console({ stdout: errors, stderr: errors })
}

async function serve(): Promise<void> {
  redirectPrints()
  closeProcess()
  closeModules()
  const lines = createInterface({ input: process.stdin, crlfDelay: Infinity })
  // The runner is gone: nobody waits for an answer.
  lines.once('close', () => exit(0))
  let tool: Tool
  try {
    tool = await loadTool()
  } catch (error) {
    write(`${JSON.stringify({ failed: describe(error) })}\n`, () => exit(1))
    return
  }
  lines.on('line', (line) => void answer(line, tool).then((reply) => write(`${reply}\n`)))
  write('{"ready":true}\n')
}

// A promise that a tool forgot must not end a worker that answers well otherwise.
process.on('unhandledRejection', (error) => process.stderr.write(`${describe(error).message}\n`))
await serve()
