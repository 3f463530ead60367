import { providerTable } from '@ratchet/contract'
import { isAwsKeyPair, isServiceAccount } from '@ratchet/core/catalog'
import type { ResolveHost } from '#platform/http/outgoing-address.ts'
import { offlineModels } from '../offline-models.ts'
import type { StoredConnection } from '../connection-store.ts'
import { fetchModels, type ModelsAnswer } from './fetch-models.ts'

const testTimeoutMs = 10_000

/** Asks a provider for its models with each key of the connection; one key that fails makes the test fail. */
export async function testProvider(
  connection: StoredConnection,
  credentials: readonly { id: string; value: string }[],
  options: { resolve: ResolveHost; signal: AbortSignal | undefined },
): Promise<ModelsAnswer> {
  const { provider, baseUrl, settings, allowPrivate } = connection
  if (provider === 'offline' || baseUrl === undefined) {
    const models = offlineModels.map((model) => model.id)
    return { ok: true, message: 'Built in, so always there. It is not a language model.', models }
  }
  const keys = credentials.length === 0 ? [undefined] : credentials.map((each) => each.value)
  const answers = await Promise.all(
    keys.map(async (apiKey) => {
      const reason = whyUntestable(connection, apiKey)
      if (reason !== undefined) return { ok: false, message: reason, models: [] }
      return fetchModels({
        provider,
        baseUrl,
        settings,
        apiKey,
        allowPrivate,
        timeoutMs: testTimeoutMs,
        ...options,
      })
    }),
  )
  const failed = answers.findIndex((answer) => !answer.ok)
  const [first] = answers
  if (failed === -1 || answers.length === 1) return answers[Math.max(failed, 0)] ?? noAnswer
  const message = `Key ${failed + 1} of ${answers.length}: ${answers[failed]?.message ?? ''}`
  return { ok: false, message, models: first?.models ?? [] }
}

const noAnswer: ModelsAnswer = { ok: false, message: 'There was no answer.', models: [] }

/** What keeps us from asking at all; undefined when nothing does. */
function whyUntestable(connection: StoredConnection, apiKey: string | undefined): string | undefined {
  const { provider, name } = connection
  const { auth, label } = providerTable[provider]
  if (apiKey === undefined && auth !== 'none') {
    return `${label} answers nobody without a key. Add one: ratchet connections keys add ${name}`
  }
  if (apiKey === undefined) return undefined
  if (auth === 'aws' && isAwsKeyPair(apiKey)) {
    return `Calls with an access key of AWS are signed by the gateway, and this test does not sign. Call a model of "${name}" instead, or give an API key of Bedrock.`
  }
  if (auth === 'google' && isServiceAccount(apiKey)) {
    return `The key of a service account is exchanged for a token by the gateway, and this test does not do that. Call a model of "${name}" instead.`
  }
  return undefined
}
