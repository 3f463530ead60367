import {
  addConnectionKey,
  AppError,
  listConnectionKeys,
  removeConnectionKey,
  type ConnectionKey,
} from '@ratchet/contract'
import type { Command } from 'commander'
import { formatAge } from '../../render/figures.ts'
import { act, addNoun, addVerb, type Program, type Run } from '../../verb.ts'
import { askCredential, keyOption, readCredential } from './read-credential.ts'

export function addConnectionKeys(connections: Command, program: Program): void {
  const keys = addNoun(connections, 'keys', 'Credentials of a connection')
  addVerb(keys, 'add <connection>', {
    summary: 'Add a key; calls are spread over the keys of a connection',
    description:
      'Adds a key to a connection. To rotate without a failed call: add the new key, then remove the old one.',
    examples: ['connections keys add openai --key env:NEW_KEY', 'connections keys add openai --key -'],
  })
    .option('-k, --key <key>', keyOption)
    .action(act(program, add))
  addVerb(keys, 'list <connection>', {
    summary: 'List the keys of a connection, oldest first',
    examples: ['connections keys list openai'],
  }).action(act(program, list))
  addVerb(keys, 'remove <connection> <key>', {
    summary: 'Remove a key by id or by its last characters; live in under a second',
    examples: ['connections keys remove openai 9fK2'],
  }).action(act(program, remove))
}

async function add(run: Run, connection: string, options: { key?: string }): Promise<void> {
  const apiKey =
    (await readCredential(run, options.key)) ?? (await askCredential(run, `New key of ${connection}`))
  if (apiKey === undefined) {
    throw new AppError('validation_failed', {
      message: `There is no key to add. Give it with --key env:NAME, or on standard input with --key -.`,
      details: { field: 'key' },
    })
  }
  const { key } = await run.withServer(({ client }) =>
    client.call(addConnectionKey, {
      params: { name: connection },
      body: { apiKey },
      signal: run.io.signal,
    }),
  )
  run.output.result(key, () => `Added key …${key.preview} to ${connection}.`)
}

async function list(run: Run, connection: string): Promise<void> {
  const { output, io } = run
  const answer = await run.withServer(({ client }) =>
    client.call(listConnectionKeys, { params: { name: connection }, signal: io.signal }),
  )
  const now = Date.now()
  output.result(answer, () => {
    if (answer.items.length === 0) return `${connection} has no stored keys.`
    return output.table(answer.items, [
      { title: 'KEY', cell: ({ preview }) => `…${preview}`, paint: output.paint.bold },
      { title: 'ADDED', cell: ({ addedAt }) => formatAge(addedAt, now) },
      {
        title: 'LAST USED',
        cell: ({ lastUsedAt }) => (lastUsedAt === undefined ? 'never' : formatAge(lastUsedAt, now)),
      },
      { title: 'ID', cell: ({ id }) => id, paint: output.paint.dim },
    ])
  })
}

async function remove(run: Run, connection: string, written: string): Promise<void> {
  const { signal } = run.io
  const { key, left } = await run.withServer(async ({ client }) => {
    const { items } = await client.call(listConnectionKeys, { params: { name: connection }, signal })
    const found = findKey(items, connection, written)
    await client.call(removeConnectionKey, { params: { name: connection, id: found.id }, signal })
    return { key: found, left: items.length - 1 }
  })
  run.output.result({ ...key, deleted: true }, () => `Removed key …${key.preview} from ${connection}.`)
  if (left > 0) return
  run.output.note(
    `${connection} has no key now: a provider that wants one refuses its calls. Add one with: ratchet connections keys add ${connection} --key -`,
  )
}

function findKey(keys: readonly ConnectionKey[], connection: string, written: string): ConnectionKey {
  const ending = written.replace(/^…/u, '')
  const found = keys.filter(({ id, preview }) => id === written || preview === ending)
  const [only] = found
  if (only && found.length === 1) return only
  const list = keys.map(({ id, preview }) => `…${preview} (${id})`).join(', ')
  throw new AppError('not_found', {
    message:
      found.length > 1
        ? `${found.length} keys of ${connection} end in "${ending}"; give the id of one: ${list}.`
        : `${connection} has no key "${written}". It has: ${list || 'none'}.`,
    details: { connection, key: written },
  })
}
