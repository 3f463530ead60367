import type { Command } from 'commander'
import type { Finding } from '../doctor/check.ts'
import { fail, ok, warn } from '../doctor/check.ts'
import {
  checkDataFolder,
  checkDisk,
  checkMasterKey,
  checkMemory,
  checkNode,
} from '../doctor/check-machine.ts'
import { checkPort } from '../doctor/check-ports.ts'
import { checkServer } from '../doctor/check-server.ts'
import { exitCodes } from '../print-failure.ts'
import { findDataFolder, findServer, type FoundServer } from '../server/find-server.ts'
import { toServer } from '../server/use-server.ts'
import { act, addVerb, type Program, type Run } from '../verb.ts'

export function addDoctor(parent: Command, program: Program): void {
  addVerb(parent, 'doctor', {
    summary: 'Check versions, ports, folders, engines and providers, and say what to do',
    examples: ['doctor', 'doctor --json'],
  }).action(act(program, doctor))
}

async function doctor(run: Run): Promise<number> {
  const findings = await examine(run)
  const failed = findings.filter(({ state }) => state === 'fail').length
  const warned = findings.filter(({ state }) => state === 'warn').length
  run.output.result({ ok: failed === 0, findings }, () =>
    [...findings.map((finding) => findingLine(run, finding)), '', summary(run, failed, warned)].join('\n'),
  )
  return failed === 0 ? exitCodes.ok : exitCodes.failed
}

async function examine(run: Run): Promise<Finding[]> {
  const { io } = run
  const { environment } = io
  const folder = findDataFolder(io.folder, environment, run.dataFolder)
  const found = findServer(environment, folder)
  const isRemote = Boolean(environment['RATCHET_URL'])
  const machine = isRemote
    ? [checkNode()]
    : [
        checkNode(),
        await checkDataFolder(folder),
        await checkMasterKey(folder, environment),
        await checkDisk(folder),
        await checkMemory(),
        ...(await checkPorts(run, found)),
      ]
  return [...machine, ...(await examineServer(run, folder, found))]
}

async function checkPorts({ io: { environment } }: Run, found: FoundServer | undefined): Promise<Finding[]> {
  const host = environment['RATCHET_HOST'] || '127.0.0.1'
  const own = found ? [found.url, found.gatewayUrl ?? ''] : []
  const ports = [
    { name: 'console and API', variable: 'RATCHET_PORT', text: environment['RATCHET_PORT'] || '4700' },
    {
      name: 'gateway',
      variable: 'RATCHET_GATEWAY_PORT',
      text: environment['RATCHET_GATEWAY_PORT'] || '4701',
    },
  ]
  return Promise.all(
    ports.map(async ({ name, variable, text }) => {
      const port = Number(text)
      if (Number.isInteger(port) && port > 0 && port < 65_536)
        return checkPort({ name, variable, port, host }, own)
      return fail(`port ${text}`, `${name}: not a port`, `Set ${variable} to a whole number from 1 to 65535.`)
    }),
  )
}

async function examineServer(
  run: Run,
  dataFolder: string,
  found: FoundServer | undefined,
): Promise<Finding[]> {
  if (!found) return [warn('server', `none runs on ${dataFolder}`, 'Start one with: ratchet up')]
  try {
    const server = await toServer({ ...run, dataFolder }, found, dataFolder)
    return [ok('server', found.url), ...(await checkServer(server))]
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return [fail('server', message, 'See that Ratchet runs there and that RATCHET_KEY is one of its keys.')]
  }
}

function findingLine({ output: { paint } }: Run, { name, state, message, advice }: Finding): string {
  const marks = { ok: paint.good('ok  '), warn: paint.warn('warn'), fail: paint.bad('fail') } as const
  const line = `${marks[state]}  ${name.padEnd(18)} ${message}`
  return advice === undefined ? line : `${line}\n      ${''.padEnd(18)} → ${advice}`
}

function summary({ output: { paint } }: Run, failed: number, warned: number): string {
  if (failed > 0) return paint.bad(`${failed} failed, ${warned} to look at`)
  return warned > 0 ? paint.warn(`nothing failed, ${warned} to look at`) : paint.good('everything is fine')
}
