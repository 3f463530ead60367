import { addConnectionKey, createConnection, updateConnection } from '@ratchet/contract'
import type { Client } from '@ratchet/sdk'
import { isPending, type ConnectionStep } from './plan-connections.ts'

/** Makes connections as the file says; gives the names of those that were touched. Others are left alone. */
export async function applyConnections(
  client: Client,
  steps: readonly ConnectionStep[],
  signal: AbortSignal,
): Promise<string[]> {
  const touched: string[] = []
  for (const step of steps) {
    if (!isPending(step)) continue
    const left =
      step.change.kind === 'added' ? await create(client, step, signal) : await change(client, step, signal)
    for (const apiKey of left) {
      await client.call(addConnectionKey, { params: { name: step.file.name }, body: { apiKey }, signal })
    }
    touched.push(step.file.name)
  }
  return touched
}

/** Gives the keys that are still to be added. */
async function create(
  client: Client,
  { file, newKeys }: ConnectionStep,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const [apiKey, ...rest] = newKeys
  const { name, provider, settings, allowPrivate, baseUrl } = file
  const body = {
    name,
    provider,
    settings,
    allowPrivate,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(apiKey === undefined ? {} : { apiKey }),
  }
  await client.call(createConnection, { body, signal })
  return rest
}

async function change(
  client: Client,
  { file, change: { fields }, newKeys }: ConnectionStep,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (fields.length === 0) return newKeys
  const [apiKey, ...rest] = newKeys
  const address = fields.find(({ path }) => path === 'baseUrl')?.after
  // The server takes an empty text as "remove this setting".
  const settings = Object.fromEntries(
    fields
      .filter(({ path }) => path.startsWith('settings.'))
      .map(({ path, after }) => [path.slice('settings.'.length), typeof after === 'string' ? after : '']),
  )
  // A key follows to another host only when it is entered again, and then takes the place of all.
  const isMoved = typeof address === 'string'
  const body = {
    ...(isMoved ? { baseUrl: address } : {}),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
    ...(file.allowPrivate ? { allowPrivate: true } : {}),
    ...(isMoved && apiKey !== undefined ? { apiKey } : {}),
  }
  await client.call(updateConnection, { params: { name: file.name }, body, signal })
  return isMoved ? rest : newKeys
}
