import { gatewayConfig, type Provider, type Snapshot } from '@ratchet/contract'
import type { z } from 'zod'
import type { GatewayConfig } from '../config.ts'
import { project } from './example-snapshot.ts'
import { startFakeProvider, type FakeProvider } from './fake-provider.ts'
import { startTestGateway, type TestGateway } from './start-test-gateway.ts'

export type EndpointGateway = TestGateway & {
  readonly provider: FakeProvider
  /** Puts routes and limits in force. */
  readonly configure: (config: z.input<typeof gatewayConfig>) => Promise<void>
}

/** Where each provider's own API begins. */
const basePaths: Partial<Record<Provider, string>> = {
  openai: '/v1',
  'openai-compatible': '/v1',
  anthropic: '/v1',
  gemini: '/v1beta',
  vertex: '/v1/projects/p/locations/l',
  cohere: '/compatibility/v1',
  bedrock: '',
}

/** Prices in nano-dollars for each token: input 10, output 20. */
const price = { inputNano: 10 * 1_000_000, outputNano: 20 * 1_000_000 }

/** A gateway with a connection to each kind of provider, named like it; all are one fake server. */
export async function startEndpointGateway(
  models: Readonly<Record<string, readonly string[]>>,
  changes: Partial<GatewayConfig> = {},
): Promise<EndpointGateway> {
  const [running, provider] = await Promise.all([startTestGateway(changes), startFakeProvider()])
  const connections = Object.entries(basePaths).map(([name, basePath]): Snapshot['connections'][number] => ({
    project,
    name,
    provider: name as Provider,
    baseUrl: provider.origin + basePath,
    credentials: [{ id: `credential-${name}`, value: name === 'bedrock' ? 'AKID:secret' : 'sk-secret' }],
    settings: {},
    allowPrivate: true,
    prices: Object.fromEntries((models[name] ?? []).map((model) => [model, price])),
    models: [...(models[name] ?? [])],
  }))
  const configure: EndpointGateway['configure'] = (config) =>
    running.publish({
      connections: [...running.snapshot.connections.filter(({ name }) => name === 'offline'), ...connections],
      gateway: [{ project, config: gatewayConfig.parse(config) }],
    })
  await configure({})
  return {
    ...running,
    provider,
    configure,
    stop: async () => {
      await running.stop()
      await provider.stop()
    },
  }
}
