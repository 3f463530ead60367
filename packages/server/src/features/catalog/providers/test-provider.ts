import { providerTable } from '@ratchet/contract'
import type { ResolveHost } from '#platform/http/outgoing-address.ts'
import { offlineModels } from '../offline-models.ts'
import type { StoredConnection } from '../connection-store.ts'
import { fetchModels, type ModelsAnswer } from './fetch-models.ts'
import { makeProof, type ProofParts } from './make-proof.ts'

const testTimeoutMs = 10_000

/** Asks a provider for its models with each key of the connection; one key that fails makes the test fail. */
export async function testProvider(
  connection: StoredConnection,
  credentials: readonly { id: string; value: string }[],
  options: { resolve: ResolveHost; signal: AbortSignal | undefined; proof?: ProofParts },
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
        resolve: options.resolve,
        signal: options.signal,
        proof: apiKey === undefined ? undefined : makeProof(connection, apiKey, options.proof),
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
function whyUntestable({ provider, name }: StoredConnection, apiKey: string | undefined): string | undefined {
  const { auth, label } = providerTable[provider]
  if (apiKey !== undefined || auth === 'none') return undefined
  return `${label} answers nobody without a key. Add one: ratchet connections keys add ${name}`
}
