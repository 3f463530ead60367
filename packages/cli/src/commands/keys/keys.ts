import { AppError, createKey, permissions, revokeKey, scopeSets, type Permission } from '@ratchet/contract'
import type { Command } from 'commander'
import { readSpanMs } from '../../input-values.ts'
import { formatAge, formatMoney } from '../../render/figures.ts'
import { allKeys, findKey } from './find-key.ts'
import { readSpending, spendingOf } from './key-spending.ts'
import { showKey } from './show-key.ts'
import { act, addNoun, addVerb, type Program, type Run } from '../../verb.ts'

type CreateOptions = { environment: string; scopes: string; expires?: string }

export function addKeys(parent: Command, program: Program): void {
  const keys = addNoun(parent, 'keys', 'API keys of the project')
  addVerb(keys, 'create <name>', {
    summary: 'Create an API key; its secret is printed once',
    examples: [
      'keys create website',
      'keys create ci --scopes admin --expires 90d',
      'keys create reader --scopes trace:read,evaluation:read --environment production',
    ],
  })
    .option('-e, --environment <name>', 'environment that the key calls', 'development')
    .option('-s, --scopes <scopes>', 'invoke, read, admin, or permissions joined by commas', 'invoke')
    .option('--expires <span>', 'end of the key: 12h, 90d')
    .action(act(program, create))
  addVerb(keys, 'list', {
    summary: 'List API keys with what each spent this month, newest first',
    examples: ['keys list', 'keys list --search website', 'keys list --json'],
  })
    .option('--search <text>', 'only keys with this in their name, or that begin with it (rk_…)')
    .action(act(program, list))
  addVerb(keys, 'show <key>', {
    summary: 'Show what a key spent this month, and what is used of its limits and budgets',
    examples: ['keys show website', 'keys show 0190f0c4-7d2e-7c31-9a0b-2f1de0a4c001 --json'],
  }).action(act(program, showKey))
  addVerb(keys, 'revoke <key>', {
    summary: 'Revoke a key by id, name or preview; live in under a second',
    examples: ['keys revoke website', 'keys revoke 0190f0c4-7d2e-7c31-9a0b-2f1de0a4c001'],
  }).action(act(program, revoke))
}

async function create(run: Run, name: string, options: CreateOptions): Promise<void> {
  const { output } = run
  const expiresAt =
    options.expires === undefined
      ? {}
      : { expiresAt: new Date(Date.now() + readSpanMs('--expires', options.expires)).toISOString() }
  const body = { name, environment: options.environment, scopes: readScopes(options.scopes), ...expiresAt }
  const { key, secret } = await run.withServer(({ client }) =>
    client.call(createKey, { body, signal: run.io.signal }),
  )
  output.result({ ...key, secret }, () => secret)
  if (!output.isJson)
    output.note(`Key "${key.name}" for ${key.environment}: keep it now, it is not shown again.`)
}

/** `invoke`, `read`, `admin`, or permissions by name. */
export function readScopes(text: string): Permission[] {
  if (text === 'invoke' || text === 'read' || text === 'admin') return [...scopeSets[text]]
  return text.split(',').map((part) => {
    const found = permissions.find((known) => known === part.trim())
    if (found) return found
    throw new AppError('validation_failed', {
      message: `--scopes has "${part.trim()}". Use invoke, read, admin, or some of: ${permissions.join(', ')}.`,
      details: { field: 'scopes', value: part },
    })
  })
}

async function list(run: Run, { search }: { search?: string }): Promise<void> {
  const { output } = run
  const [keys, spent] = await run.withServer(({ client }) =>
    Promise.all([allKeys(client, search), readSpending(client, run.io.signal)]),
  )
  const items = keys.map((key) => ({ ...key, ...spendingOf(key, spent) }))
  const now = Date.now()
  output.result({ items }, () => {
    if (items.length === 0 && search !== undefined) return `No key has "${search}" in its name.`
    if (items.length === 0) return 'No keys yet. Make one with: ratchet keys create website'
    return output.table(items, [
      { title: 'NAME', cell: ({ name }) => name, paint: output.paint.bold, flexible: true },
      { title: 'KEY', cell: ({ preview }) => preview },
      { title: 'ENVIRONMENT', cell: ({ environment }) => environment },
      {
        title: 'STATE',
        cell: ({ state }) => state,
        paint: (text, { state }) => (state === 'active' ? output.paint.good(text) : output.paint.dim(text)),
      },
      { title: 'SCOPES', cell: ({ scopes }) => scopesText(scopes) },
      {
        title: 'THIS MONTH',
        cell: ({ monthCostNano }) => (monthCostNano === undefined ? '' : formatMoney(monthCostNano)),
        align: 'right',
      },
      {
        title: 'LAST USED',
        cell: ({ lastUsedAt }) => (lastUsedAt === undefined ? 'never' : formatAge(lastUsedAt, now)),
      },
      { title: 'ID', cell: ({ id }) => id, paint: output.paint.dim },
    ])
  })
}

function scopesText(scopes: readonly string[]): string {
  if (scopes.length === permissions.length) return 'admin'
  return scopes.length > 3 ? `${scopes.length} permissions` : scopes.join(', ')
}

async function revoke(run: Run, written: string): Promise<void> {
  const key = await run.withServer(async ({ client }) => {
    const found = findKey(await allKeys(client), written)
    return (await client.call(revokeKey, { params: { id: found.id }, signal: run.io.signal })).key
  })
  run.output.result(key, () => `Revoked "${key.name}" (${key.preview}).`)
}
