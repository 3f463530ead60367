import { readFileSync } from 'node:fs'
import { calcPrice, findProvider } from '@pydantic/genai-prices'
import { costNano } from '@ratchet/core/cost'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { guessModelKind } from '@ratchet/core/catalog'
import { findPrice, listPricedModels, priceListName } from './model-prices.ts'

const addresses = [
  'https://api.openai.com/v1',
  'https://api.anthropic.com/v1',
  'https://generativelanguage.googleapis.com/v1beta',
  'https://bedrock-runtime.eu-central-1.amazonaws.com',
  'https://api.deepseek.com/v1',
]
const everyModel = addresses.flatMap((address) =>
  listPricedModels(address).map((model) => ({ address, model })),
)

test('a price names the list it comes from, with the version that is installed', () => {
  const file = new URL('../../../../../../node_modules/@pydantic/genai-prices/package.json', import.meta.url)
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string }
  expect(priceListName).toBe(`genai-prices ${version}`)
})

test('a call costs what the price list says, long prompts and caches included', () => {
  expect(everyModel.length).toBeGreaterThan(150)
  const at = new Date('2026-11-21T02:00:00Z')
  const count = fc.nat(400_000)
  fc.assert(
    fc.property(fc.constantFrom(...everyModel), count, count, count, count, (of, fresh, read, write, out) => {
      const price = findPrice(of.address, of.model, at)
      fc.pre(price !== undefined)
      // The list wants no kind of tokens that it has no price for.
      const cached = price.cachedInputNano === undefined ? 0 : read
      const written = price.cacheWriteNano === undefined ? 0 : write
      const usage = {
        inputTokens: fresh + cached + written,
        outputTokens: out,
        cachedInputTokens: cached,
        cacheWriteTokens: written,
        reasoningTokens: 0,
      }
      const expected = calcPrice(
        {
          input_tokens: usage.inputTokens,
          output_tokens: out,
          ...(cached === 0 ? {} : { cache_read_tokens: cached }),
          ...(written === 0 ? {} : { cache_write_tokens: written }),
        },
        of.model,
        { provider: findProvider({ providerApiUrl: of.address }), timestamp: at },
      )
      expect(costNano(usage, price) / 1e9).toBeCloseTo(expected?.total_price ?? Number.NaN, 6)
    }),
    { numRuns: 1000 },
  )
})

test('a price that depends on the hour is the one of the hour', () => {
  const at = (time: string) => findPrice('https://api.deepseek.com/v1', 'deepseek-v4-pro', new Date(time))
  const [day, peak] = [at('2026-11-21T12:00:00Z'), at('2026-11-21T02:00:00Z')]
  expect(day?.inputNano).toBeGreaterThan(0)
  expect(peak?.inputNano).toBeGreaterThan(day?.inputNano ?? Number.POSITIVE_INFINITY)
})

test('prices are whole nano-dollars, and unknown where the list knows nothing', () => {
  const at = new Date('2026-11-21')
  expect(findPrice('https://api.openai.com/v1', 'gpt-4o-mini', at)).toEqual({
    inputNano: 150_000_000,
    outputNano: 600_000_000,
    cachedInputNano: 75_000_000,
    searchNano: 10_000_000,
    fileSearchNano: 2_500_000,
    source: priceListName,
  })
  expect(findPrice('https://api.openai.com/v1', 'no-such-model', at)).toBeUndefined()
  expect(findPrice('http://127.0.0.1:11434/v1', 'gpt-4o-mini', at)).toBeUndefined()
})

test('the kind of a model is read from its name', () => {
  expect(guessModelKind('text-embedding-3-small')).toBe('embedding')
  expect(guessModelKind('whisper-1')).toBe('other')
  expect(guessModelKind('llama-3.3-70b-versatile')).toBe('chat')
})

test('what is no token has the price that the list has for it', () => {
  const at = new Date('2026-11-21')
  const openAi = (model: string) => findPrice('https://api.openai.com/v1', model, at)
  expect(openAi('whisper-1')).toEqual({
    inputNano: 0,
    outputNano: 0,
    audioHourNano: 360_000_000,
    source: priceListName,
  })
  expect(openAi('gpt-image-1.5')).toMatchObject({
    inputNano: 5e9,
    outputNano: 10e9,
    imageInputNano: 8e9,
    imageOutputNano: 32e9,
  })
  expect(openAi('gpt-audio')).toMatchObject({ audioInputNano: 32e9, audioOutputNano: 64e9 })
  expect(findPrice('https://api.groq.com/openai/v1', 'whisper-large-v3', at)).toMatchObject({
    audioHourNano: 111_000_000,
  })
  expect(findPrice('https://api.perplexity.ai', 'sonar-pro', at)).toMatchObject({ requestNano: 14_000_000 })
  expect(findPrice('https://api.anthropic.com/v1', 'claude-sonnet-5', at)).toMatchObject({
    cacheWriteHourNano: 4e9,
    searchNano: 10_000_000,
  })
})
