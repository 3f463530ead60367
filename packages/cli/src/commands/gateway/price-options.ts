import {
  AppError,
  priceOverride,
  tokenPriceNames,
  unitPriceNames,
  type PriceOverride,
} from '@ratchet/contract'
import { Option, type Command } from 'commander'
import { collect } from '../../input-values.ts'

type Tier = NonNullable<PriceOverride['tiers']>[number]

/** What an option is for, in the help; the option is named like the field of the file. */
const meanings: Readonly<Record<string, string>> = {
  inputUsd: 'a million input tokens',
  outputUsd: 'a million output tokens',
  cachedInputUsd: 'a million input tokens read from a prompt cache',
  cacheWriteUsd: 'a million tokens written to a prompt cache',
  cacheWriteHourUsd: 'a million tokens written to a cache for an hour',
  audioInputUsd: 'a million input tokens of sound',
  audioOutputUsd: 'a million output tokens of sound',
  imageInputUsd: 'a million input tokens of pictures',
  imageOutputUsd: 'a million output tokens of pictures',
  requestUsd: 'each call',
  imageUsd: 'each picture',
  audioHourUsd: 'an hour of sound that is transcribed',
  charactersUsd: 'a million characters that are spoken',
  searchUsd: 'each search of the web, or search unit of a reranker',
  searchCallUsd: 'each call that searches the web, however often',
  fileSearchUsd: 'each search of files',
  containerUsd: 'each container that code ran in during a call',
  batchShare: 'part of the price in a batch, from 0 to 1',
}
const tokenFields = ['inputUsd', 'outputUsd', ...tokenPriceNames.map(([usd]) => usd)]
const fields = [...tokenFields, ...unitPriceNames.map(([usd]) => usd), 'batchShare']

/** `cachedInputUsd` is `cached-input`, on the command line and within a tier. */
const wordOf = (field: string): string =>
  field.replace(/Usd$/u, '').replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)

export function addPriceOptions(verb: Command): Command {
  for (const field of fields) {
    verb.addOption(new Option(`--${wordOf(field)} <usd>`, meanings[field] ?? field))
  }
  return verb
    .option('--image-kind <kind=usd>', 'each picture of a quality, a size or both; repeatable', collect)
    .option(
      '--tier <tier>',
      'prices above so many input tokens, "200000 input=5 output=15"; repeatable',
      collect,
    )
}

/** Options as commander collects them: texts by the names of the options in camel case. */
export type PriceOptions = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * The price with what the options say; `none` takes a price away, and options that may be repeated replace all that
 * were there. Throws `validation_failed` naming option and value.
 */
export function withOptions(before: PriceOverride, options: PriceOptions): PriceOverride {
  const price: Record<string, unknown> = { ...before }
  for (const field of fields) {
    const text = options[field.replace(/Usd$/u, '')]
    if (typeof text !== 'string') continue
    if (text === 'none') delete price[field]
    else price[field] = readAmount(`--${wordOf(field)}`, text, field === 'batchShare' ? 1 : mostUsd)
  }
  putList(price, 'imageKindsUsd', options['imageKind'], (kinds) => Object.fromEntries(kinds.map(readKind)))
  putList(price, 'tiers', options['tier'], readTiers)
  const parsed = priceOverride.safeParse(price)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = String(issue?.path[0] ?? 'model')
  return refuse(
    field === 'model' ? '<model>' : `--${wordOf(field)}`,
    `${issue?.message ?? 'no price'}.`,
    price[field],
  )
}

const mostUsd = 1e6

function putList(
  price: Record<string, unknown>,
  field: string,
  texts: string | readonly string[] | undefined,
  read: (texts: readonly string[]) => unknown,
): void {
  if (!Array.isArray(texts)) return
  if (texts.length === 1 && texts[0] === 'none') delete price[field]
  else price[field] = read(texts)
}

function readKind(text: string): readonly [string, number] {
  const [, kind = '', usd = ''] = /^([\w.:-]{1,40}(?:\/[\w.:-]{1,40})?)=(.+)$/u.exec(text) ?? []
  if (kind === '') refuse('--image-kind', `"${text}" is not kind=usd, such as hd/1024x1024=0.08.`, text)
  return [kind, readAmount(`--image-kind ${kind}`, usd, mostUsd)]
}

function readTiers(texts: readonly string[]): readonly Tier[] {
  const tiers = texts.map(readTier).toSorted((a, b) => a.aboveInputTokens - b.aboveInputTokens)
  for (const [index, { aboveInputTokens: above }] of tiers.entries()) {
    if (tiers[index - 1]?.aboveInputTokens === above)
      refuse('--tier', `there are two tiers above ${above} input tokens; give each once.`, above)
  }
  if (tiers.length > 10) refuse('--tier', `there are ${tiers.length} tiers; give at most 10.`, tiers.length)
  return tiers
}

/** `200k input=5 output=15 cached-input=0.5`. */
function readTier(text: string): Tier {
  const [above = '', ...pairs] = text.split(/[\s,]+/u).filter((part) => part !== '')
  const tier: Record<string, number> = { aboveInputTokens: readTokens(above, text) }
  for (const pair of pairs) {
    const [word = '', usd = ''] = pair.split('=')
    const field = tokenFields.find((each) => wordOf(each) === word)
    if (field === undefined) {
      const known = tokenFields.map(wordOf).join(', ')
      return refuse(
        '--tier',
        `"${pair}" of "${text}" is no price of tokens: write name=usd with one of ${known}.`,
        text,
      )
    }
    tier[field] = readAmount(`--tier "${text}": ${word}`, usd, mostUsd)
  }
  const { aboveInputTokens = 0, inputUsd, outputUsd, ...others } = tier
  if (inputUsd !== undefined && outputUsd !== undefined)
    return { aboveInputTokens, inputUsd, outputUsd, ...others }
  const missing = inputUsd === undefined ? 'input' : 'output'
  return refuse('--tier', `"${text}" does not say what ${missing} tokens cost: add ${missing}=<usd>.`, text)
}

function readTokens(text: string, tier: string): number {
  const [, digits = '', unit = ''] = /^(\d[\d_]*)([km]?)$/iu.exec(text) ?? []
  const count = Number(digits.replaceAll('_', '')) * ({ k: 1e3, m: 1e6 }[unit.toLowerCase()] ?? 1)
  if (digits !== '' && Number.isSafeInteger(count)) return count
  return refuse('--tier', `"${tier}" must begin with a number of input tokens, such as 200000 or 200k.`, tier)
}

function readAmount(name: string, text: string, most: number): number {
  const value = Number(text.replace(/^\$/u, ''))
  if (text.trim() !== '' && value >= 0 && value <= most) return value
  return refuse(name, `"${text}" is no price: give a number from 0 to ${most}, or "none" for no price.`, text)
}

function refuse(field: string, reason: string, value: unknown): never {
  throw new AppError('validation_failed', { message: `${field}: ${reason}`, details: { field, value } })
}
