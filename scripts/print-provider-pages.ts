import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { providerTable, type ProviderEndpoint, type ProviderInfo } from '@ratchet/contract'

/** Pages of docs/providers by file name, from the table of providers; a test holds the folder to them. */
export function printProviderPages(): ReadonlyMap<string, string> {
  const all = Object.entries(providerTable).filter(([name]) => name !== 'offline')
  const pages = all.map(([name, info]) => [`${name}.md`, printPage(name, info)] as const)
  const list = all.map(([name, info]) => `- [${info.label}](${name}.md)`).join('\n')
  const intro =
    'One page for each provider: how to connect it, how to call it, and what the gateway knows about it.\nHow connections work in general is told in [connections and models](../connections.md).'
  return new Map([...pages, ['index.md', `# Providers\n\n${intro}\n\n${list}\n`]])
}

const formatWords = {
  openai: 'OpenAI’s format: chat completions pass byte for byte',
  anthropic:
    'Anthropic’s Messages format: requests to `/v1/messages` pass byte for byte, all others are translated',
  gemini:
    'Google’s generateContent format: requests to `/v1beta/models/…` pass byte for byte, all others are translated',
  bedrock: 'AWS’s Converse format: every request is translated, streams are read from event stream frames',
  offline: '',
} as const

const authWords = {
  bearer: 'an API key, sent as bearer token',
  'x-api-key': 'an API key, sent as `x-api-key`',
  'api-key': 'an API key, sent as `api-key`',
  'x-goog-api-key': 'an API key, sent as `x-goog-api-key`',
  google: 'an API key, an access token, or the JSON of a service account, which is exchanged for a token',
  aws: 'an API key of Bedrock, or `ACCESS_KEY_ID:SECRET_ACCESS_KEY[:SESSION_TOKEN]`, which signs each request',
  none: 'no credential; one that is given is sent as bearer token',
} as const

const callWords: Readonly<Record<ProviderEndpoint, string>> = {
  chat: 'Chat, whole and streamed',
  responses: 'Responses, without translation',
  embeddings: 'Embeddings',
  images: 'Images',
  speech: 'Speech',
  transcription: 'Transcription',
  moderations: 'Moderations',
  rerank: 'Rerank',
  files: 'Files',
  batches: 'Batches',
  'count-tokens': 'Counting tokens',
}

function printPage(name: string, info: ProviderInfo): string {
  const lines = [
    `# ${info.label}`,
    '',
    `\`${name}\` speaks ${formatWords[info.format]}.`,
    '',
    '## Connect',
    '',
  ]
  lines.push(
    '<!-- not run: it needs this provider -->',
    '```sh',
    addLine(name, info),
    `npx ratchet connections test ${name}`,
    '```',
    '',
  )
  lines.push(`The credential is ${authWords[info.auth]}.`)
  if (info.keyVariables.length > 0)
    lines.push(
      `With ${list(info.keyVariables, 'or')} in the environment the connection is made at the start.`,
    )
  if (info.defaultBaseUrl !== undefined)
    lines.push(`The address is \`${info.defaultBaseUrl}\` unless you give another.`)
  lines.push('', ...settingLines(info), '## Call', '')
  lines.push(
    '```json',
    `{ "model": "${name}/MODEL", "messages": [{ "role": "user", "content": "Hello" }] }`,
    '```',
    '',
  )
  lines.push(
    `Send it to \`/v1/chat/completions\`, or write \`${name}/MODEL\` as the model in any other [client](../clients/index.md).`,
  )
  lines.push(`Or let a [route](../routing.md) choose the model: \`targets: [{ model: ${name}/MODEL }]\`.`, '')
  lines.push('## What it offers', '', ...offers(name, info).map((endpoint) => `- ${callWords[endpoint]}`), '')
  const facts = factLines(info)
  if (facts.length > 0) lines.push('## What the gateway minds', '', ...facts, '')
  lines.push(`The vendor’s own description: <${info.docs}>`, '')
  return lines.join('\n')
}

/** Any server may stand behind `openai-compatible`: Responses are translated to what all of them have. */
function offers(name: string, { endpoints }: ProviderInfo): readonly ProviderEndpoint[] {
  return name === 'openai-compatible' ? endpoints.filter((endpoint) => endpoint !== 'responses') : endpoints
}

function addLine(name: string, { auth, settings, keyVariables, defaultBaseUrl }: ProviderInfo): string {
  const needed = settings.filter(({ required, default: standard }) => required && standard === undefined)
  const parts = [`npx ratchet connections add ${name}`]
  if (defaultBaseUrl === undefined) parts.push('--base-url https://models.example.com/v1')
  for (const setting of needed) parts.push(`--setting ${setting.name}=…`)
  if (auth !== 'none') parts.push(`--key env:${keyVariables[0] ?? 'PROVIDER_KEY'}`)
  if (defaultBaseUrl?.startsWith('http://127.') === true) parts.push('--allow-private')
  return parts.join(' ')
}

function settingLines({ settings }: ProviderInfo): string[] {
  if (settings.length === 0) return []
  const rows = settings.map(({ name, label, required, default: standard }) => {
    const need = standard === undefined ? (required ? 'needed' : 'optional') : `\`${standard}\``
    return `| \`${name}\` | ${label} | ${need} |`
  })
  return ['| Setting | Meaning | Default |', '|---|---|---|', ...rows, '']
}

function factLines({ chat }: ProviderInfo): string[] {
  const facts: string[] = []
  const refused = chat.refusedFields ?? []
  if (refused.length > 0)
    facts.push(
      `- It refuses ${list(refused, 'and')}. A request that has one gets a 400 that says so, or goes without it when the route has \`dropUnsupported\` or the request the header \`x-ratchet-drop-unsupported: true\`.`,
    )
  for (const [from, to] of Object.entries(chat.renamedFields ?? {}))
    facts.push(`- \`${from}\` is written as \`${to}\`.`)
  if (chat.maxTokensField !== undefined)
    facts.push(`- The limit of an answer is written as \`${chat.maxTokensField}\`.`)
  if (chat.developerRole === false) facts.push('- Developer messages are written as system messages.')
  if (chat.choices === false) facts.push('- One answer for each request: no `n` above 1.')
  if (chat.logprobs === false) facts.push('- No log probabilities.')
  if (chat.seed === false) facts.push('- No `seed`.')
  return facts
}

function list(names: readonly string[], word: string): string {
  const quoted = names.map((name) => `\`${name}\``)
  const last = quoted.at(-1) ?? ''
  return quoted.length < 2 ? last : `${quoted.slice(0, -1).join(', ')} ${word} ${last}`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const folder = join(dirname(fileURLToPath(import.meta.url)), '../docs/providers')
  mkdirSync(folder, { recursive: true })
  for (const [name, page] of printProviderPages()) writeFileSync(join(folder, name), page)
}
