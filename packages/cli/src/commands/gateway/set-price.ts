import {
  AppError,
  getGatewayConfig,
  listModels,
  overrideOfPrice,
  putGatewayConfig,
  type PriceOverride,
} from '@ratchet/contract'
import type { Client } from '@ratchet/sdk'
import type { Command } from 'commander'
import { renderChanges } from '../../gateway-file/render-changes.ts'
import { act, addVerb, type Program, type Run } from '../../verb.ts'
import { addPriceOptions, withOptions, type PriceOptions } from './price-options.ts'

/** Prices of your own, one by one; the rest of the configuration stays as it is. */
export function addPriceVerbs(prices: Command, program: Program): void {
  const set = addVerb(prices, 'set <model>', {
    summary: 'Give a model, or all that begin alike, a price of your own',
    description:
      'Changes what the options say; the rest stays as it is charged now, by your own price or the built-in list. "none"\n' +
      'takes a price away. Amounts are US dollars. A price of your own goes before the list from the next call on.',
    examples: [
      'prices set openai/gpt-5 --input 1.1 --output 9',
      'prices set "local/*" --input 0.05 --output 0.05',
      'prices set google/gemini-2.5-pro --tier "200k input=2.5 output=15 cached-input=0.25"',
      'prices set openai/dall-e-3 --image 0.04 --image-kind hd/1024x1024=0.08',
      'prices set openai/gpt-5 --tier none',
    ],
  })
  addPriceOptions(set).action(act(program, setPrice))
  addVerb(prices, 'remove <model>', {
    summary: 'Take a price of your own away; the built-in list counts again',
    examples: ['prices remove openai/gpt-5', 'prices remove "local/*"'],
  }).action(act(program, removePrice))
}

async function setPrice(run: Run, model: string, options: PriceOptions): Promise<void> {
  await change(run, `Set price of ${model}`, async (client, prices) => {
    const own = prices.find((price) => price.model === model)
    const price = withOptions(own ?? (await startOf(client, run, model)), options)
    return own === undefined ? [...prices, price] : prices.map((each) => (each === own ? price : each))
  })
}

/** What calls of the model are charged at now; nothing, for a pattern or a model without a price. */
async function startOf(client: Client, run: Run, model: string): Promise<PriceOverride> {
  const { items } = await client.call(listModels, { signal: run.io.signal })
  const price = items.find(({ id }) => id === model)?.price
  return price === undefined ? { model } : overrideOfPrice(model, price)
}

async function removePrice(run: Run, model: string): Promise<void> {
  await change(run, `Remove price of ${model}`, async (_, prices) => {
    if (prices.some((price) => price.model === model)) return prices.filter((price) => price.model !== model)
    const own = prices.map((price) => price.model).join(', ')
    throw new AppError('not_found', {
      message: `There is no price of your own for "${model}". ${own === '' ? 'There are none at all.' : `There are: ${own}.`}`,
      details: { model },
    })
  })
}

async function change(
  run: Run,
  note: string,
  edit: (client: Client, prices: readonly PriceOverride[]) => Promise<PriceOverride[]>,
): Promise<void> {
  const { signal } = run.io
  const { version, changes, warnings } = await run.withServer(async ({ client }) => {
    const { version: baseVersion, config } = await client.call(getGatewayConfig, { signal })
    const prices = await edit(client, config.prices)
    return client.call(putGatewayConfig, {
      body: { baseVersion, config: { ...config, prices }, note },
      signal,
    })
  })
  const { paint } = run.output
  for (const { path, message } of warnings) run.output.note(`warning: ${path}: ${message}`)
  run.output.result({ version, changes, warnings }, () =>
    changes.length === 0
      ? `Nothing to change: version ${version} says the same.`
      : `${renderChanges(changes, paint)}\n${paint.bold(`The gateway is at version ${version}.`)}`,
  )
}
