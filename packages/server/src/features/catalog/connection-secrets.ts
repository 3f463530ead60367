import type { SecretHolder } from '#platform/secrets/secret-store.ts'
import { lockSecrets, writeSecret } from './connection-key-store.ts'

/** Credentials of connections, for the rotation of a project's key; give it to the secret store. */
export const connectionSecrets: SecretHolder = {
  name: 'connections',
  reencrypt: async (trx, project, renew) => {
    const held = await lockSecrets(trx, project)
    for (const { id, secret } of held) await writeSecret(trx, project, id, await renew(id, secret))
    return held.length
  },
}
