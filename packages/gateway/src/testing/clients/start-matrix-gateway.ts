import { randomBytes } from 'node:crypto'
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import { gatewayConfig, type Snapshot, type SpanRecord } from '@ratchet/contract'
import OpenAI from 'openai'
import type { z } from 'zod'
import { keys, project } from '../example-snapshot.ts'
import { scenarios, type Scenario } from '../providers/answer-script.ts'
import { familyNames, type FamilyName } from '../providers/provider-family.ts'
import {
  families,
  startScenarioProvider,
  type ScenarioProvider,
} from '../providers/start-scenario-provider.ts'
import { startTestGateway, until, type TestGateway } from '../start-test-gateway.ts'
import { clientNames, type ClientDriver, type ClientName } from './client-driver.ts'
import { driveAnthropic } from './drive-anthropic.ts'
import { driveGoogle } from './drive-google.ts'
import { driveOpenAiChat } from './drive-open-ai-chat.ts'
import { driveOpenAiResponses } from './drive-open-ai-responses.ts'

export type MatrixGateway = TestGateway & {
  readonly providers: Readonly<Record<FamilyName, ScenarioProvider>>
  readonly drivers: Readonly<Record<ClientName, ClientDriver>>
  readonly configure: (config: z.input<typeof gatewayConfig>) => Promise<void>
  /** Every span of a trace, once at least `count` have arrived. */
  readonly spansOf: (traceId: string, count: number) => Promise<readonly SpanRecord[]>
}

/** Nano-dollars for a token of each kind; different, so that no mistake costs nothing. */
export const prices = { fresh: 10, cached: 1, written: 12, output: 20 } as const

/** A gateway with one connection to each family of providers, and the clients that people use. */
export async function startMatrixGateway(): Promise<MatrixGateway> {
  const running = await startTestGateway()
  const started = await Promise.all(familyNames.map((family) => startScenarioProvider(family)))
  const providers = Object.fromEntries(
    familyNames.map((family, index) => [family, started[index]]),
  ) as unknown as MatrixGateway['providers']
  const connections = familyNames.map((family) => connectionOf(family, providers[family].baseUrl))
  const configure: MatrixGateway['configure'] = (config) =>
    running.publish({
      connections: [...running.snapshot.connections, ...connections],
      gateway: [{ project, config: gatewayConfig.parse(config) }],
    })
  await configure({})
  return {
    ...running,
    providers,
    configure,
    drivers: startClients(running.gateway.url),
    spansOf: (traceId, count) =>
      until(() => {
        const spans = running.control.spans.filter((span) => span.traceId === traceId)
        return Promise.resolve(spans.length >= count ? spans : undefined)
      }),
    stop: async () => {
      await running.stop()
      await Promise.all(started.map((provider) => provider.stop()))
    },
  }
}

/** The clients as their documentation says, with our address and our key. */
function startClients(url: string): Readonly<Record<ClientName, ClientDriver>> {
  const openAi = new OpenAI({ baseURL: `${url}/v1`, apiKey: keys.invoke, maxRetries: 0 })
  const anthropic = new Anthropic({ baseURL: url, apiKey: keys.invoke, maxRetries: 0 })
  const google = new GoogleGenAI({ apiKey: keys.invoke, httpOptions: { baseUrl: url } })
  return {
    'openai chat': driveOpenAiChat(openAi),
    'openai responses': driveOpenAiResponses(openAi),
    anthropic: driveAnthropic(anthropic),
    'google genai': driveGoogle(google),
  }
}

function connectionOf(family: FamilyName, baseUrl: string): Snapshot['connections'][number] {
  return {
    project,
    name: family,
    provider: family,
    baseUrl,
    credentials: [
      { id: `credential-${family}`, value: family === 'bedrock' ? 'AKIDEXAMPLE:secret' : `sk-${family}` },
    ],
    settings: family === 'bedrock' ? { region: 'eu-central-1' } : {},
    allowPrivate: true,
    prices: Object.fromEntries(scenarios.map((scenario) => [modelName(family, scenario), price])),
    models: [],
  }
}

const price = {
  inputNano: prices.fresh * 1e6,
  cachedInputNano: prices.cached * 1e6,
  cacheWriteNano: prices.written * 1e6,
  outputNano: prices.output * 1e6,
}

/** The name by which a client asks for a scenario of a family. */
export function modelOf(family: FamilyName, scenario: Scenario): string {
  return `${family}/${modelName(family, scenario)}`
}

function modelName(family: FamilyName, scenario: Scenario): string {
  const { model, thinker = model } = families[family]
  return `${scenario === 'reasoning' ? thinker : model}--${scenario}`
}

/** A trace of the caller's own, so that its spans can be found whatever the client shows. */
export function newTrace(): { readonly traceId: string; readonly headers: Readonly<Record<string, string>> } {
  const traceId = randomBytes(16).toString('hex')
  return { traceId, headers: { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` } }
}

/** Every client with every family, as rows of a test table. */
export const pairs: readonly (readonly [ClientName, FamilyName])[] = clientNames.flatMap((client) =>
  familyNames.map((family) => [client, family] as const),
)
