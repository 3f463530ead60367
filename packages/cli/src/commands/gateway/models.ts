import { AppError, listModels, modelAbilityNames, type Model, type ModelAbility } from '@ratchet/contract'
import { Option, type Command } from 'commander'
import { act, addNoun, addVerb, type Program, type Run } from '../../verb.ts'

type Options = { connection?: string; kind?: Model['kind']; can?: ModelAbility[] }

export function addModels(parent: Command, program: Program): void {
  addVerb(addNoun(parent, 'models', 'Models that can be called'), 'list', {
    summary: 'List models and deployed apps by the names that clients call',
    examples: [
      'models list',
      'models list --connection openai',
      'models list --can tools images-in',
      'models list --kind embedding --json',
    ],
  })
    .option('-c, --connection <name>', 'only models of this connection')
    .addOption(
      new Option('-k, --kind <kind>', 'only models of this kind').choices(['chat', 'embedding', 'other']),
    )
    .addOption(
      new Option('--can <abilities...>', 'only models that are known to have all of these').choices(
        modelAbilityNames,
      ),
    )
    .action(act(program, list))
}

async function list(run: Run, { connection, kind, can = [] }: Options): Promise<void> {
  const { output, io } = run
  const all = await run.withServer(({ client }) => client.call(listModels, { signal: io.signal }))
  const names = [...new Set(all.items.map((model) => model.connection))]
  if (connection !== undefined && !names.includes(connection)) throw unknownConnection(connection, names)
  const items = all.items.filter(
    (model) =>
      (connection === undefined || model.connection === connection) &&
      (kind === undefined || model.kind === kind) &&
      can.every((ability) => model.abilities.includes(ability)),
  )
  output.result({ items }, () => {
    if (items.length === 0)
      return 'No such models. Ask a provider for its models with: ratchet connections test <name>'
    return output.table(items, [
      { title: 'MODEL', cell: ({ id }) => id, paint: output.paint.bold },
      { title: 'KIND', cell: ({ kind: of }) => of },
      { title: 'PRICE', cell: priceText },
      { title: 'CAN', cell: ({ abilities }) => abilities.join(', '), flexible: true },
      { title: 'NOTE', cell: ({ note }) => note ?? '', paint: output.paint.dim, flexible: true },
    ])
  })
}

function priceText({ price, connection }: Model): string {
  if (price === undefined) return connection === 'app' ? '' : 'unknown'
  if (price.inputNano === 0 && price.outputNano === 0) return 'free'
  return `$${price.inputNano / 1e9} / $${price.outputNano / 1e9}`
}

function unknownConnection(connection: string, names: readonly string[]): AppError {
  return new AppError('not_found', {
    message: `No model of a connection "${connection}" is known. Connections with known models: ${names.join(', ')}.`,
    details: { connection },
  })
}
