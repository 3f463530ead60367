import { isCancel, password } from '@clack/prompts'
import {
  createConnection,
  deleteConnection,
  listConnections,
  providers,
  testConnection,
  type Connection,
} from '@ratchet/contract'
import type { Client } from '@ratchet/sdk'
import { Option, type Command } from 'commander'
import { exitCodes } from '../print-failure.ts'
import { formatAge, formatDuration } from '../render/figures.ts'
import { act, addNoun, addVerb, type Program, type Run } from '../verb.ts'

type AddOptions = {
  provider: (typeof providers)[number]
  baseUrl?: string
  key?: string
  allowPrivate?: boolean
}

export function addConnections(parent: Command, program: Program): void {
  const connections = addNoun(parent, 'connections', 'Connections to model providers')
  addVerb(connections, 'add <name>', {
    summary: 'Add a connection and try it',
    description:
      'Adds a connection. Its credential is encrypted and never shown again. Models are then written <name>/<model>.',
    examples: [
      'connections add openai --provider openai-compatible --base-url https://api.openai.com/v1 --key sk-…',
      'connections add local --provider openai-compatible --base-url http://127.0.0.1:11434/v1 --allow-private',
      'echo "$KEY" | ratchet connections add groq --base-url https://api.groq.com/openai/v1 --key -',
    ],
  })
    .addOption(
      new Option('-p, --provider <provider>', 'kind of endpoint')
        .choices(providers)
        .default('openai-compatible'),
    )
    .option('-u, --base-url <url>', 'address of the API, with its /v1')
    .option('-k, --key <key>', 'credential; "-" reads it from standard input')
    .option('--allow-private', 'allow loopback and private addresses, for servers on your own network')
    .action(act(program, add))
  addVerb(connections, 'list', { summary: 'List connections', examples: ['connections list'] }).action(
    act(program, list),
  )
  addVerb(connections, 'test <name>', {
    summary: 'Ask a provider for its models',
    examples: ['connections test openai'],
  }).action(act(program, test))
  addVerb(connections, 'remove <name>', {
    summary: 'Remove a connection',
    examples: ['connections remove openai'],
  }).action(act(program, remove))
}

async function add(run: Run, name: string, options: AddOptions): Promise<number> {
  const { io, output } = run
  const apiKey = await readCredential(run, name, options)
  const body = {
    name,
    provider: options.provider,
    allowPrivate: options.allowPrivate ?? false,
    ...(options.baseUrl === undefined ? {} : { baseUrl: options.baseUrl }),
    ...(apiKey === undefined ? {} : { apiKey }),
  }
  const { connection, tried } = await run.withServer(async ({ client }) => {
    const created = await client.call(createConnection, { body, signal: io.signal })
    return { ...created, tried: await tryConnection(client, name) }
  })
  output.result(
    { connection, test: tried },
    () => `Added connection ${output.paint.bold(connection.name)}.\n${testLine(run, name, tried)}`,
  )
  return exitCodes.ok
}

async function readCredential(
  run: Run,
  name: string,
  { key, provider, allowPrivate }: AddOptions,
): Promise<string | undefined> {
  if (key === '-') return (await run.io.readStdin()).trim() || undefined
  if (key !== undefined || provider === 'offline' || allowPrivate || !run.io.canAsk || run.output.isJson)
    return key
  const answer = await password({ message: `Credential of ${name} (empty for none)` })
  return isCancel(answer) || answer === '' ? undefined : answer
}

type Tried = { ok: boolean; message: string; latencyMs: number; models: string[] }

async function tryConnection(client: Client, name: string, signal?: AbortSignal): Promise<Tried> {
  return client.call(testConnection, { params: { name }, signal, timeoutMs: 60_000 })
}

function testLine(
  { output: { paint } }: Run,
  name: string,
  { ok, message, latencyMs, models }: Tried,
): string {
  if (!ok) return paint.bad(`✗ ${message}`)
  const shown = models.slice(0, 5).map((model) => `${name}/${model}`)
  const more = models.length > 5 ? ` and ${models.length - 5} more` : ''
  return `${paint.good('✓')} ${message} (${formatDuration(latencyMs)})${shown.length > 0 ? `\n  ${shown.join(', ')}${more}` : ''}`
}

async function list(run: Run): Promise<void> {
  const { output } = run
  const items: Connection[] = []
  await run.withServer(async ({ client }) => {
    for await (const page of client.pages(listConnections, { signal: run.io.signal }))
      items.push(...page.items)
  })
  const now = Date.now()
  output.result({ items }, () =>
    output.table(items, [
      { title: 'NAME', cell: ({ name }) => name, paint: output.paint.bold },
      { title: 'PROVIDER', cell: ({ provider }) => provider },
      { title: 'ADDRESS', cell: ({ baseUrl }) => baseUrl ?? '', flexible: true },
      { title: 'KEY', cell: ({ keyPreview }) => (keyPreview === undefined ? '' : `…${keyPreview}`) },
      { title: 'FROM', cell: ({ origin }) => origin, paint: output.paint.dim },
      {
        title: 'LAST TEST',
        cell: ({ lastTest }) =>
          lastTest ? `${lastTest.ok ? 'ok' : 'failed'} ${formatAge(lastTest.at, now)}` : 'never',
      },
    ]),
  )
}

async function test(run: Run, name: string): Promise<number> {
  const tried = await run.withServer(({ client }) => tryConnection(client, name, run.io.signal))
  run.output.result(tried, () => testLine(run, name, tried))
  return tried.ok ? exitCodes.ok : exitCodes.failed
}

async function remove(run: Run, name: string): Promise<void> {
  const answer = await run.withServer(({ client }) =>
    client.call(deleteConnection, { params: { name }, signal: run.io.signal }),
  )
  run.output.result(answer, () => `Removed connection ${name}.`)
}
