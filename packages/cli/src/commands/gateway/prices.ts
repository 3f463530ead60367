import { getGatewayConfig, listModels, priceOfOverride, type ModelPrice } from '@ratchet/contract'
import type { Command } from 'commander'
import { act, addNoun, addVerb, type Program, type Run } from '../../verb.ts'
import { addPriceVerbs } from './set-price.ts'

type Priced = { readonly id: string; readonly price: ModelPrice }

export function addPrices(parent: Command, program: Program): void {
  const prices = addNoun(parent, 'prices', 'What models cost')
  addVerb(prices, 'list', {
    summary: 'List prices in US dollars, for a million tokens or for each unit',
    description:
      'Lists what calls are charged at, and where each price comes from: "override" is the gateway configuration.',
    examples: ['prices list', 'prices list --model gpt-5', 'prices list --json'],
  })
    .option('-m, --model <text>', 'only models with this text in their name')
    .action(act(program, list))
  addPriceVerbs(prices, program)
}

async function list(run: Run, { model }: { model?: string }): Promise<void> {
  const { output, io } = run
  const { signal } = io
  const [models, { config }] = await run.withServer(({ client }) =>
    Promise.all([client.call(listModels, { signal }), client.call(getGatewayConfig, { signal })]),
  )
  const wanted = model?.toLowerCase() ?? ''
  // Prices for many models, and for those that nobody has listed, stand first: they decide what others cost.
  const items = [
    ...config.prices
      .filter((own) => !models.items.some(({ id }) => id === own.model))
      .map((own): Priced => ({ id: own.model, price: priceOfOverride(own) })),
    ...models.items.flatMap(({ id, price }): Priced[] => (price === undefined ? [] : [{ id, price }])),
  ].filter(({ id }) => id.toLowerCase().includes(wanted))
  output.result({ items: items.map(({ id, price }) => ({ model: id, price })) }, () => {
    if (items.length === 0) return emptyText(model)
    // Many prices make a long line: that wraps, while a model without its name would say nothing.
    const isWordy = widest(items.map(({ price }) => otherPrices(price))) > widest(items.map(({ id }) => id))
    const table = output.table(items, [
      { title: 'MODEL', cell: ({ id }) => id, paint: output.paint.bold, flexible: !isWordy },
      { title: 'INPUT', cell: ({ price }) => dollars(price.inputNano), align: 'right' },
      { title: 'CACHED', cell: ({ price }) => dollars(price.cachedInputNano), align: 'right' },
      { title: 'WRITE', cell: ({ price }) => dollars(price.cacheWriteNano), align: 'right' },
      { title: 'OUTPUT', cell: ({ price }) => dollars(price.outputNano), align: 'right' },
      { title: 'LONG PROMPTS', cell: ({ price }) => longPrompts(price) },
      { title: 'BESIDES', cell: ({ price }) => otherPrices(price) },
      { title: 'SOURCE', cell: ({ price }) => price.source ?? '', paint: output.paint.dim },
    ])
    return `${table}\n${output.paint.dim('US dollars for a million tokens, or for each of what stands under BESIDES')}`
  })
}

function emptyText(model: string | undefined): string {
  return model === undefined
    ? 'No price is known. Give one: ratchet prices set <connection/model> --input <usd> --output <usd>'
    : `No model with "${model}" in its name has a price. See them all with: ratchet models list`
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length))
}

/** At least two places, more only where they say something: 0.75, 0.075, 12.00. */
function dollars(nano: number | undefined): string {
  if (nano === undefined) return ''
  const text = (nano / 1e9).toFixed(6).replace(/0+$/, '')
  const places = text.length - text.indexOf('.') - 1
  return places < 2 ? (nano / 1e9).toFixed(2) : text
}

const besides = [
  ['cache 1h', 'cacheWriteHourNano'],
  ['audio in', 'audioInputNano'],
  ['audio out', 'audioOutputNano'],
  ['image in', 'imageInputNano'],
  ['image out', 'imageOutputNano'],
  ['call', 'requestNano'],
  ['picture', 'imageNano'],
  ['hour of sound', 'audioHourNano'],
  ['1M characters', 'charactersNano'],
  ['search', 'searchNano'],
  ['call that searches', 'searchCallNano'],
  ['file search', 'fileSearchNano'],
  ['container', 'containerNano'],
] as const

/** What a model charges for beside text tokens. */
function otherPrices(price: ModelPrice): string {
  const words = besides.flatMap(([said, name]) =>
    price[name] === undefined ? [] : [`${said} ${dollars(price[name])}`],
  )
  for (const [kind, nano] of Object.entries(price.imageKindsNano ?? {}))
    words.push(`${kind} ${dollars(nano)}`)
  if (price.batchShare !== undefined) words.push(`batch x${price.batchShare}`)
  return words.join(', ')
}

function longPrompts({ tiers = [] }: ModelPrice): string {
  return tiers
    .map(({ aboveInputTokens, inputNano, outputNano }) => {
      const from = aboveInputTokens % 1000 === 0 ? `${aboveInputTokens / 1000}k` : String(aboveInputTokens)
      return `>${from}: ${dollars(inputNano)} / ${dollars(outputNano)}`
    })
    .join(', ')
}
