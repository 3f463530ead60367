import { expect, test } from 'vitest'
import { makeProgram } from './program.ts'
import { runTestCli } from './testing/test-io.ts'
import type { Command } from 'commander'

const program = makeProgram({
  exitCode: 0,
  io: {
    stdout: { write: () => undefined, isTerminal: false, columns: 80 },
    stderr: { write: () => undefined, isTerminal: false, columns: 80 },
    canAsk: false,
    environment: {},
    folder: '/',
    signal: new AbortController().signal,
    readStdin: async () => '',
  },
})

function verbsOf(command: Command, path: string[] = []): { path: string[]; command: Command }[] {
  return command.commands.flatMap((child) => {
    const below = verbsOf(child, [...path, child.name()])
    return below.length > 0 ? below : [{ path: [...path, child.name()], command: child }]
  })
}
const verbs = verbsOf(program)

test('every verb that is promised is there', () => {
  const names = verbs.map(({ path }) => path.join(' '))
  for (const name of [
    'up',
    'status',
    'init',
    'run',
    'push',
    'deploy',
    'eval',
    'traces list',
    'traces show',
    'traces export',
    'keys create',
    'keys list',
    'keys revoke',
    'connections add',
    'connections list',
    'connections test',
    'connections remove',
    'jobs list',
    'jobs show',
    'jobs cancel',
    'jobs retry',
    'secrets rotate',
    'telemetry replay',
    'open',
    'doctor',
    'demo',
    'deployments show',
  ])
    expect(names).toContain(name)
})

test.each(verbs.map(({ path }) => path))('%s %s has --json and help with examples', async (...path) => {
  const { code, stdout, stderr } = await runTestCli([...path.filter((part) => part !== undefined), '--help'])
  expect(code).toBe(0)
  expect(stdout).toContain('--json')
  expect(stdout).toMatch(/Examples:\n {2}\$ ratchet \w/)
  expect(stderr).toBe('')
})

test.each([
  [['upp'], "unknown command 'upp'", 'Did you mean up?'],
  [['keys', 'creat'], "unknown command 'creat'", 'Did you mean create?'],
  [['eval', 'x', '--jsn'], "unknown option '--jsn'", 'Did you mean --json?'],
  [['run'], "missing required argument 'target'", '--help'],
  [['init', 'x', '-t', 'chatt'], "argument 'chatt' is invalid", 'chat, rag, extract'],
])('%j is told with the next step and exit code 2', async (args, problem, next) => {
  const { code, stdout, stderr } = await runTestCli(args)
  expect(code).toBe(2)
  expect(stderr).toContain(problem)
  expect(stderr).toContain(next)
  expect(stdout).toBe('')
})

test('with --json a mistake is one JSON document on stdout', async () => {
  const usage = await runTestCli(['jobs', 'list', '--state', 'odd', '--json'])
  expect(usage.code).toBe(2)
  expect(JSON.parse(usage.stdout).error).toMatchObject({
    code: 'bad_request',
    message: expect.stringContaining("'odd' is invalid"),
  })
  const value = await runTestCli(['traces', 'list', '-n', '0', '--json'])
  expect(value.code).toBe(2)
  expect(JSON.parse(value.stdout).error).toMatchObject({ code: 'validation_failed', details: { value: '0' } })
})

test('up with a role of its own machine says what is possible instead', async () => {
  const { code, stderr } = await runTestCli(['up', '--role', 'gateway'])
  expect(code).not.toBe(0)
  expect(stderr).toContain('--role is "gateway"')
  expect(stderr).toContain('the only role is "all"')
  expect(stderr).toContain('--gateways 4')
})

test('without a server, a verb that needs one says how to start it and shows no stack', async () => {
  const { code, stderr } = await runTestCli(['status'], {
    environment: { RATCHET_DATA: '/nonexistent/data' },
  })
  expect(code).toBe(1)
  expect(stderr).toContain('No Ratchet server runs on "/nonexistent/data". Start one with: ratchet up')
  expect(stderr).not.toContain('    at ')
})

test('RATCHET_DEBUG=1 adds the stack', async () => {
  const { stderr } = await runTestCli(['status'], {
    environment: { RATCHET_DATA: '/nonexistent/data', RATCHET_DEBUG: '1' },
  })
  expect(stderr).toContain('    at ')
})

test('a bad RATCHET_URL names the variable and its value', async () => {
  const { code, stderr } = await runTestCli(['status'], { environment: { RATCHET_URL: 'localhost:4700' } })
  expect(code).toBe(2)
  expect(stderr).toContain('RATCHET_URL is "localhost:4700"')
})

test.each([
  ['nowhere.yaml', '"/nowhere.yaml" does not exist.'],
  ['/', '"/" is a folder, and a file is needed.'],
])('a file that cannot be read is named with what is wrong: %s', async (path, message) => {
  const { code, stderr } = await runTestCli(['apply', '-f', path], { folder: '/' })
  expect({ code, stderr }).toEqual({ code: 2, stderr: `error: ${message}\n` })
})
