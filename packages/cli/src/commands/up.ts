import { spawn } from 'node:child_process'
import { AppError } from '@ratchet/contract'
import type { Command } from 'commander'
import { wholeNumber } from '../input-values.ts'
import { formatDuration } from '../render/figures.ts'
import {
  deploySample,
  evaluateSample,
  findSampleEvaluation,
  pushSample,
  sampleApp,
  sampleQuestion,
} from '../sample/sample-app.ts'
import { sampleKey } from '../sample/sample-key.ts'
import { findDataFolder, findLocalServer, readLocalKey } from '../server/find-server.ts'
import { startServer, type StartedServer } from '../server/start-server.ts'
import { toServer, type Server } from '../server/use-server.ts'
import { act, addVerb, type Program, type Run } from '../verb.ts'

type Options = {
  port?: number
  gatewayPort?: number
  gateways?: number
  host?: string
  public?: boolean
  role: string
  sample?: boolean
  open?: boolean
}

export function addUp(parent: Command, program: Program): void {
  addVerb(parent, 'up', {
    summary: 'Start Ratchet: console, API, gateway and runner',
    description:
      'Starts everything on this machine and keeps it running until Ctrl-C. With --sample, the sample app is live after the start.',
    examples: ['up', 'up --sample --open', 'up --data /var/lib/ratchet --port 4700 --gateway-port 4701'],
  })
    .option(
      '--port <port>',
      'port of console and API (RATCHET_PORT, else 4700; 0: any free one)',
      wholeNumber('--port', 0, 65_535),
    )
    .option(
      '--gateway-port <port>',
      'port of the gateway (RATCHET_GATEWAY_PORT, else 4701)',
      wholeNumber('--gateway-port', 0, 65_535),
    )
    .option(
      '--gateways <count>',
      'gateway processes that share the port (RATCHET_GATEWAYS, else 1)',
      wholeNumber('--gateways', 1, 64),
    )
    .option('--host <address>', 'address to listen on (RATCHET_HOST, else 127.0.0.1)')
    .option('--public', 'a proxy that terminates TLS stands in front: allows other addresses than loopback')
    .option(
      '--role <role>',
      'which processes to run here; "all" is the only role, as all run on one machine',
      readRole,
      'all',
    )
    .option('--sample', 'push, deploy and evaluate the sample app')
    .option('--open', 'open the console in the browser')
    .action(act(program, up))
}

function readRole(text: string): 'all' {
  if (text === 'all') return text
  throw new AppError('validation_failed', {
    message:
      `--role is "${text}", but control, gateways and runner run on one machine together: the only role is "all", the default. ` +
      'To use more of the machine, give --gateways 4. To have the databases elsewhere, set DATABASE_URL and CLICKHOUSE_URL.',
    details: { field: '--role', value: text },
  })
}

async function up(run: Run, options: Options): Promise<void> {
  const { io, output } = run
  const startedMs = performance.now()
  const dataFolder = findDataFolder(io.folder, io.environment, run.dataFolder)
  refuseSecond(dataFolder)
  output.note(`Starting Ratchet on ${dataFolder} …`)
  const started = await startServer({
    environment: io.environment,
    dataFolder,
    port: options.port,
    gatewayPort: options.gatewayPort,
    gateways: options.gateways,
    host: options.host,
    isPublic: options.public,
    logLevel: io.environment['RATCHET_LOG'] ?? 'warn',
  })
  try {
    const server = await toServer(
      { ...run, dataFolder },
      { ...started, key: readLocalKey(dataFolder) },
      dataFolder,
    )
    const key = options.sample === true ? await tryToSetUpSample(run, server) : undefined
    printReady(run, server, started, { key, elapsedMs: performance.now() - startedMs })
    if (options.open === true) openBrowser(run, started.consoleLink)
    await untilAborted(io.signal)
    output.note('Stopping: streams get time to finish …')
  } finally {
    await started.stop()
  }
}

function refuseSecond(dataFolder: string): void {
  const running = findLocalServer(dataFolder)
  if (!running) return
  throw new AppError('folder_locked', {
    message:
      `Ratchet already runs on "${dataFolder}" at ${running.url} (process ${running.pid}). ` +
      `Open it with: ratchet open. Stop it with: kill ${running.pid}. Or use another folder with --data.`,
    details: { dataFolder, ...running },
  })
}

/** A sample that does not come up must not take the server down with it: the message says what to look at. */
async function tryToSetUpSample(run: Run, server: Server): Promise<string | undefined> {
  try {
    return await setUpSample(run, server)
  } catch (error) {
    run.io.signal.throwIfAborted()
    run.output.note(
      `The sample app did not come up: ${error instanceof Error ? error.message : String(error)}`,
    )
    return undefined
  }
}

/** Brings the sample to where the loop has turned once; on later starts this finds everything done. */
async function setUpSample(run: Run, server: Server): Promise<string> {
  const { output, io } = run
  const { client } = server
  const { release, created } = await pushSample(client, run)
  const { changed } = await deploySample(client, release.id, io.signal)
  if (created || changed) output.note(`${sampleApp} ${release.label} serves development.`)
  const earlier = await findSampleEvaluation(client, io.signal)
  const evaluation = earlier ?? (await evaluateSample(client, release.label, run))
  if (!earlier)
    output.note(`Evaluation ${evaluation.name}: ${evaluation.state}, ${evaluation.progress.done} questions.`)
  return sampleKey(client, server.dataFolder)
}

function printReady(
  { output }: Run,
  server: Server,
  started: StartedServer,
  { key, elapsedMs }: { key: string | undefined; elapsedMs: number },
): void {
  const { paint } = output
  const document = {
    url: server.url,
    gatewayUrl: server.gatewayUrl,
    consoleLink: started.consoleLink,
    dataFolder: server.dataFolder,
    pid: process.pid,
    ...(key === undefined ? {} : { sampleKey: key }),
  }
  output.result(document, () =>
    [
      '',
      `${paint.bold('Ratchet is ready')} ${paint.dim(`in ${formatDuration(elapsedMs)}`)}`,
      '',
      `  Console   ${paint.accent(started.consoleLink)}`,
      `            ${paint.dim('opens signed in, once, within ten minutes; a new link: ratchet open')}`,
      `  Gateway   ${server.gatewayUrl}/v1`,
      `  Data      ${server.dataFolder}`,
      ...(key === undefined ? [] : ['', `  Ask the sample app:`, '', ...curlLines(server.gatewayUrl, key)]),
      '',
      paint.dim('  Stop with Ctrl-C.'),
    ].join('\n'),
  )
}

function curlLines(gatewayUrl: string, key: string): string[] {
  const body = JSON.stringify({
    model: `app/${sampleApp}`,
    stream: true,
    messages: [{ role: 'user', content: sampleQuestion }],
  })
  return [
    `curl -N ${gatewayUrl}/v1/chat/completions \\`,
    `  -H "authorization: Bearer ${key}" \\`,
    `  -H "content-type: application/json" \\`,
    `  -d '${body}'`,
  ]
}

function openBrowser({ output }: Run, url: string): void {
  const program =
    process.platform === 'darwin' ? 'open' : process.platform === 'win32' ? 'explorer' : 'xdg-open'
  const child = spawn(program, [url], { stdio: 'ignore', detached: true })
  child.once('error', () => output.note(`No browser could be opened (${program}); use the link above.`))
  child.unref()
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
