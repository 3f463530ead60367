import { z } from 'zod'

const nano = z.number().int().min(0)

/** Prices in nano-dollars (1e-9 USD) per million tokens, as integers. Kinds without one cost what their kind costs. */
export const tokenPrices = z.object({
  inputNano: nano,
  outputNano: nano,
  cachedInputNano: nano.optional(),
  cacheWriteNano: nano.optional(),
  /** Tokens that are kept in the cache for an hour. */
  cacheWriteHourNano: nano.optional(),
  audioInputNano: nano.optional(),
  audioOutputNano: nano.optional(),
  imageInputNano: nano.optional(),
  imageOutputNano: nano.optional(),
})
export type TokenPrices = z.output<typeof tokenPrices>

/** Names a kind of picture: a size ("1024x1024"), a quality ("hd"), or both ("hd/1024x1024"). */
export const imageKind = z
  .string()
  .regex(/^[\w.:-]{1,40}(\/[\w.:-]{1,40})?$/, 'name a size, a quality, or "<quality>/<size>"')

/** Prices of what is not a token, in nano-dollars per unit. What has none here is part of the tokens, or unknown. */
export const unitPrices = z.object({
  /** Each call, whatever its tokens. */
  requestNano: nano.optional(),
  /** Each picture made, unless its kind has a price of its own. */
  imageNano: nano.optional(),
  /** Each picture of a kind; of several that fit, quality with size goes before size, and size before quality. */
  imageKindsNano: z.record(imageKind, nano).optional(),
  /** An hour of sound that is listened to: by the second, the prices of some providers are fractions of a nano-dollar. */
  audioHourNano: nano.optional(),
  /** A million characters that are spoken. */
  charactersNano: nano.optional(),
  /** Each search of the web, or each search unit of a reranker. */
  searchNano: nano.optional(),
  /** Each call that searches the web, however often; beside `searchNano`. */
  searchCallNano: nano.optional(),
  /** Each container that code of the model ran in during a call. */
  containerNano: nano.optional(),
  /** Each search of files; without one, what a search costs. */
  fileSearchNano: nano.optional(),
  /** Part of the price that a call within a batch costs: 0.5 is half. Without one, all of it. */
  batchShare: z.number().min(0).max(1).optional(),
})
export type UnitPrices = z.output<typeof unitPrices>

/** What a model costs. */
export const modelPrice = z.object({
  ...tokenPrices.shape,
  ...unitPrices.shape,
  /** Prices of all tokens of a call with more input tokens than this; ascending, the last that fits counts. */
  tiers: z
    .array(z.object({ aboveInputTokens: nano, ...tokenPrices.shape }))
    .max(10)
    .optional(),
  /** Where the price comes from: `override`, or a price list with its version. */
  source: z.string().max(100).optional(),
})
export type ModelPrice = z.output<typeof modelPrice>
