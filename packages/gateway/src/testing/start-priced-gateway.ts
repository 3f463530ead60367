import type { gatewayConfig } from '@ratchet/contract'
import type { z } from 'zod'
import { startEndpointGateway, type EndpointGateway } from './start-endpoint-gateway.ts'

type Prices = NonNullable<z.input<typeof gatewayConfig>['prices']>
/** In US dollars: one model for each way of charging. */
export const unitPrices: Prices = [
  { model: 'openai/dall-e-3', imageUsd: 0.04, imageKindsUsd: { 'hd/1024x1024': 0.08, '1024x1792': 0.08 } },
  { model: 'openai/gpt-image', inputUsd: 5, outputUsd: 10, imageInputUsd: 8, imageOutputUsd: 32 },
  { model: 'openai/tts-1', charactersUsd: 15 },
  { model: 'openai/mini-tts', inputUsd: 0.6, outputUsd: 12 },
  { model: 'openai/whisper-1', audioHourUsd: 0.36 },
  { model: 'openai/transcribe', inputUsd: 2.5, outputUsd: 10, audioInputUsd: 6 },
  { model: 'openai/audio', inputUsd: 2.5, outputUsd: 10, audioInputUsd: 32, audioOutputUsd: 64 },
  { model: 'openai/searcher', inputUsd: 2, outputUsd: 8, searchUsd: 0.01, fileSearchUsd: 0.0025 },
  { model: 'openai/host', inputUsd: 2, outputUsd: 8, containerUsd: 0.03 },
  {
    model: 'openai/by-piece',
    inputUsd: 2,
    outputUsd: 8,
    imageUsd: 0.05,
    imageKindsUsd: { 'high/1024x1024': 0.17 },
  },
  { model: 'openai/sonar', inputUsd: 1, outputUsd: 1, requestUsd: 0.012 },
  {
    model: 'anthropic/claude',
    inputUsd: 3,
    outputUsd: 15,
    cacheWriteUsd: 3.75,
    cacheWriteHourUsd: 6,
    searchUsd: 0.01,
  },
  { model: 'anthropic/cheap', inputUsd: 1, outputUsd: 5 },
  { model: 'gemini/painter', inputUsd: 0.3, outputUsd: 2.5, imageOutputUsd: 30, searchUsd: 0.014 },
  { model: 'cohere/rerank', searchUsd: 0.002 },
  { model: 'openai-compatible/jina', inputUsd: 0.02, outputUsd: 0 },
]

/** A gateway with models that charge for more than text. */
export async function startPricedGateway(): Promise<EndpointGateway> {
  const models = {
    openai: [
      'dall-e-3',
      'gpt-image',
      'tts-1',
      'mini-tts',
      'whisper-1',
      'transcribe',
      'audio',
      'searcher',
      'host',
      'by-piece',
      'sonar',
    ],
    anthropic: ['claude', 'cheap'],
    gemini: ['painter'],
    cohere: ['rerank'],
    'openai-compatible': ['jina'],
  }
  const running = await startEndpointGateway(models)
  await running.configure({ prices: unitPrices })
  return running
}

/** What the span of a call says about money. */
export async function moneyOf(running: EndpointGateway, response: Response) {
  const { usage, usageEstimated, costNano, costKnown, attributes } = await running.spanOf(response)
  const { unpriced } = JSON.parse(attributes) as { unpriced?: string[] }
  return { usage, usageEstimated, costNano, costKnown, unpriced }
}

/** All of the cost is known, and nothing of it estimated. */
export const known = { usageEstimated: false, costKnown: true, unpriced: undefined }
