import { z } from 'zod'
import { imageKind } from './model-price.ts'

const usd = z.number().min(0).max(1e6)

/** US dollars for a million tokens of each kind. */
const tokenPrices = {
  cachedInputUsd: usd.optional(),
  cacheWriteUsd: usd.optional(),
  /** Tokens that are kept in the cache for an hour. */
  cacheWriteHourUsd: usd.optional(),
  audioInputUsd: usd.optional(),
  audioOutputUsd: usd.optional(),
  imageInputUsd: usd.optional(),
  imageOutputUsd: usd.optional(),
}

/** US dollars for what is not a token. */
const unitPrices = {
  /** Each call, whatever its tokens. */
  requestUsd: usd.optional(),
  /** Each picture made, unless its kind has a price of its own. */
  imageUsd: usd.optional(),
  /** Each picture of a size ("1024x1024"), a quality ("hd"), or both ("hd/1024x1024"). */
  imageKindsUsd: z.record(imageKind, usd).optional(),
  /** An hour of sound that is listened to. */
  audioHourUsd: usd.optional(),
  /** A million characters that are spoken. */
  charactersUsd: usd.optional(),
  /** Each search of the web, or each search unit of a reranker. */
  searchUsd: usd.optional(),
  /** Each call that searches the web, however often. */
  searchCallUsd: usd.optional(),
  /** Each container that code of the model ran in during a call. */
  containerUsd: usd.optional(),
  /** Each search of files. */
  fileSearchUsd: usd.optional(),
}
const unitNames = Object.keys(unitPrices)

/** Prices that go before the built-in list, in US dollars: for a million tokens, or for each unit. */
export const priceOverride = z
  .object({
    /** `connection/model`; `*` at the end matches any rest. */
    model: z.string().min(1).max(300),
    /** Both may be left out for a model that charges for something else. */
    inputUsd: usd.optional(),
    outputUsd: usd.optional(),
    ...tokenPrices,
    ...unitPrices,
    /** Part of the price that a call within a batch costs: 0.5 is half. */
    batchShare: z.number().min(0).max(1).optional(),
    /** Prices of all tokens of a call with more input tokens than this; ascending. */
    tiers: z
      .array(
        z
          .object({
            aboveInputTokens: z.number().int().min(0),
            inputUsd: usd,
            outputUsd: usd,
            ...tokenPrices,
          })
          .strict(),
      )
      .max(10)
      .optional(),
  })
  .strict()
  .superRefine((price, context) => {
    const isOfTokens = price.inputUsd !== undefined && price.outputUsd !== undefined
    const isOfUnits = Object.entries(price).some(
      ([name, value]) => value !== undefined && unitNames.includes(name),
    )
    const hasOneOfTwo = (price.inputUsd === undefined) !== (price.outputUsd === undefined)
    if (hasOneOfTwo || (!isOfTokens && !isOfUnits)) {
      const path = [price.inputUsd === undefined ? 'inputUsd' : 'outputUsd']
      const message = hasOneOfTwo
        ? 'give inputUsd and outputUsd together'
        : `give inputUsd and outputUsd, or the price of a unit: ${unitNames.join(', ')}`
      context.addIssue({ code: 'custom', path, message })
    }
  })
export type PriceOverride = z.output<typeof priceOverride>
