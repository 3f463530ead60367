import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError, deployRelease, listEvaluations, type Deployment, type Evaluation } from '@ratchet/contract'
import type { Client } from '@ratchet/sdk'
import { pushApp, type PushedApp } from '../app-folder/push-app.ts'
import { runEvaluation } from '../commands/eval.ts'
import { readEvalFile } from '../evaluation/read-eval-file.ts'
import type { Run } from '../verb.ts'

export const sampleApp = 'docs-assistant'
export const sampleQuestion = 'Which port does the gateway use?'

const folder = fileURLToPath(new URL('../../../../examples/docs-assistant', import.meta.url))
const evaluationFile = join(folder, 'evaluations', 'quality.eval.yaml')

type Teller = Pick<Run, 'io' | 'output'>

/** Pushes the sample app; the same content is the same release. */
export async function pushSample(client: Client, teller: Teller): Promise<PushedApp> {
  if (!existsSync(folder)) {
    throw new AppError('not_found', {
      message: `The sample app is not at "${folder}". It comes with a clone of Ratchet; start without --sample otherwise.`,
      details: { folder },
    })
  }
  return pushApp(client, folder, teller, { description: 'The sample app' })
}

/** Serves a release of the sample in development; nothing changes when it serves there already. */
export async function deploySample(
  client: Client,
  release: string,
  signal: AbortSignal,
): Promise<{ deployment: Deployment; changed: boolean }> {
  return client.call(deployRelease, {
    params: { app: sampleApp },
    body: { environment: 'development', release },
    signal,
  })
}

/** Evaluates the release that development serves over the golden questions. */
export async function evaluateSample(client: Client, label: string, teller: Teller): Promise<Evaluation> {
  const file = await readEvalFile(evaluationFile)
  const { target: _, ...spec } = file
  return runEvaluation(
    teller,
    client,
    { ...spec, target: `app/${sampleApp}@${label}` },
    { environment: 'development' },
  )
}

/** The newest evaluation of the sample that is done or under way, if any. */
export async function findSampleEvaluation(
  client: Client,
  signal: AbortSignal,
): Promise<Evaluation | undefined> {
  const { name } = await readEvalFile(evaluationFile)
  const { items } = await client.call(listEvaluations, { query: { name, limit: 20 }, signal })
  return items.find(({ state }) => state === 'done' || state === 'running' || state === 'queued')
}
