import { deleteConnection, listConnections, type Connection } from '@ratchet/contract'
import type { Command } from 'commander'
import { exitCodes } from '../../print-failure.ts'
import { formatAge } from '../../render/figures.ts'
import { act, addNoun, addVerb, type Program, type Run } from '../../verb.ts'
import { addAddConnection } from './add-connection.ts'
import { addConnectionKeys } from './connection-keys.ts'
import { testLine, tryConnection } from './try-connection.ts'

export function addConnections(parent: Command, program: Program): void {
  const connections = addNoun(parent, 'connections', 'Connections to model providers')
  addAddConnection(connections, program)
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
  addConnectionKeys(connections, program)
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
      { title: 'KEY', cell: keysText },
      { title: 'FROM', cell: ({ origin }) => origin, paint: output.paint.dim },
      {
        title: 'LAST TEST',
        cell: ({ lastTest }) =>
          lastTest ? `${lastTest.ok ? 'ok' : 'failed'} ${formatAge(lastTest.at, now)}` : 'never',
      },
    ]),
  )
}

function keysText({ keys, keyPreview }: Connection): string {
  if (keyPreview === undefined) return ''
  return keys.length > 1 ? `…${keyPreview} +${keys.length - 1}` : `…${keyPreview}`
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
