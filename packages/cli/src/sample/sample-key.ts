import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createKey, listKeys, parseKey } from '@ratchet/contract'
import type { Client } from '@ratchet/sdk'

/**
 * A key that may only call models and apps in development, for the command line that `up --sample` prints.
 * It is kept in the data folder (0600), so that every start prints the same one until it is revoked.
 */
export async function sampleKey(client: Client, dataFolder: string): Promise<string> {
  const path = join(dataFolder, 'run', 'sample.key')
  const kept = existsSync(path) ? readFileSync(path, 'utf8').trim() : ''
  if (await isActive(client, kept)) return kept
  const { secret } = await client.call(createKey, { body: { name: 'sample', environment: 'development' } })
  writeFileSync(path, `${secret}\n`, { mode: 0o600 })
  return secret
}

async function isActive(client: Client, text: string): Promise<boolean> {
  const key = parseKey(text)
  if (!key) return false
  for await (const page of client.pages(listKeys, { query: { limit: 200 } })) {
    const found = page.items.find(({ preview }) => preview.startsWith(`rk_${key.publicId}_`))
    if (found) return found.state === 'active'
  }
  return false
}
