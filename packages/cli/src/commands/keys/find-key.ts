import { AppError, listKeys, type ApiKey } from '@ratchet/contract'
import type { Client } from '@ratchet/sdk'

/** Every key of the project, or those that a search finds. */
export async function allKeys(client: Client, search?: string): Promise<ApiKey[]> {
  const keys: ApiKey[] = []
  const query = { limit: 200, ...(search === undefined ? {} : { search }) }
  for await (const page of client.pages(listKeys, { query })) keys.push(...page.items)
  return keys
}

/** A key by id, preview, or the name of one active key. */
export function findKey(keys: readonly ApiKey[], written: string): ApiKey {
  const exact = keys.find(({ id, preview }) => id === written || preview === written)
  if (exact) return exact
  const named = keys.filter(({ name, state }) => name === written && state === 'active')
  const [only] = named
  if (only && named.length === 1) return only
  const active = keys.filter(({ state }) => state === 'active').map(({ name }) => name)
  throw new AppError('not_found', {
    message:
      named.length > 1
        ? `${named.length} active keys are named "${written}"; give the id of one: ${named.map(({ id }) => id).join(', ')}.`
        : `There is no active key "${written}". Active keys: ${active.join(', ') || 'none'}.`,
    details: { key: written },
  })
}
