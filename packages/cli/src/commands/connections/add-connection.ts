import { isCancel, text } from '@clack/prompts'
import {
  AppError,
  createConnection,
  providers,
  providerTable,
  type Provider,
  type ProviderSetting,
} from '@ratchet/contract'
import { Option, type Command } from 'commander'
import { collect } from '../../input-values.ts'
import { exitCodes } from '../../print-failure.ts'
import { act, addVerb, type Program, type Run } from '../../verb.ts'
import { askCredential, keyOption, readCredential } from './read-credential.ts'
import { testLine, tryConnection } from './try-connection.ts'

type AddOptions = {
  provider?: Provider
  baseUrl?: string
  key?: string
  setting?: string[]
  allowPrivate?: boolean
}

export function addAddConnection(connections: Command, program: Program): void {
  addVerb(connections, 'add <name>', {
    summary: 'Add a connection and try it',
    description:
      'Adds a connection. Its credential is encrypted and never shown again. Models are then written <name>/<model>.',
    examples: [
      'connections add openai --key env:OPENAI_API_KEY',
      'connections add claude --provider anthropic --key -',
      'connections add bedrock --setting region=eu-central-1 --key env:AWS_BEARER_TOKEN_BEDROCK',
      'connections add ollama',
      'connections add local --provider openai-compatible --base-url http://127.0.0.1:9000/v1 --allow-private',
    ],
  })
    .addOption(
      new Option(
        '-p, --provider <provider>',
        'whose API it is; by default the one that the connection is named after, else openai-compatible',
      ).choices(providers),
    )
    .option('-u, --base-url <url>', "address of the API, with its /v1; by default the provider's own")
    .option('-k, --key <key>', keyOption)
    .option(
      '-s, --setting <name=value>',
      'what the provider needs besides, such as region=eu-central-1; repeat it',
      collect,
    )
    .option('--allow-private', 'allow loopback and private addresses, for servers on your own network')
    .action(act(program, add))
}

async function add(run: Run, name: string, options: AddOptions): Promise<number> {
  const { io, output } = run
  const provider = options.provider ?? providerNamed(name, options.baseUrl)
  const settings = await askSettings(run, provider, readSettings(options.setting ?? []), options.baseUrl)
  const apiKey = await credentialOf(run, name, provider, options)
  const body = {
    name,
    provider,
    settings,
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

/** `connections add groq` means Groq; with an address of its own it can be anything. */
function providerNamed(name: string, baseUrl: string | undefined): Provider {
  const named = providers.find((each) => each === name)
  return named !== undefined && baseUrl === undefined ? named : 'openai-compatible'
}

function readSettings(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at > 0) return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
      throw new AppError('validation_failed', {
        message: `--setting "${pair}" is not name=value. Write --setting region=eu-central-1.`,
        details: { field: 'setting', value: pair },
      })
    }),
  )
}

/** Asks for settings that are missing; without a terminal the server refuses and names them. */
async function askSettings(
  run: Run,
  provider: Provider,
  given: Record<string, string>,
  baseUrl: string | undefined,
): Promise<Record<string, string>> {
  if (!run.io.canAsk || run.output.isJson || baseUrl !== undefined) return given
  const settings = { ...given }
  for (const setting of providerTable[provider].settings) {
    if (!setting.required || setting.default !== undefined || settings[setting.name] !== undefined) continue
    settings[setting.name] = await ask(setting)
  }
  return settings
}

async function ask({ name, label }: ProviderSetting): Promise<string> {
  const answer = await text({ message: `${label} (${name})` })
  return isCancel(answer) ? '' : answer.trim()
}

async function credentialOf(
  run: Run,
  name: string,
  provider: Provider,
  { key, allowPrivate }: AddOptions,
): Promise<string | undefined> {
  const given = await readCredential(run, key)
  const needsNone = providerTable[provider].auth === 'none' && provider !== 'openai-compatible'
  if (given !== undefined || needsNone || allowPrivate) return given
  return askCredential(run, `Credential of ${name} (empty for none)`)
}
