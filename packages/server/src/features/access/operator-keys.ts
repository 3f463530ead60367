import { AppError, parseKey, permissions, type SnapshotKey } from '@ratchet/contract'
import { hashSecret } from './credential.ts'

/** A key that the operator of this installation holds: every permission, every project and environment. */
export type OperatorKey = {
  /** `bootstrap` or `cli`; also the actor's id. */
  readonly id: string
  readonly name: string
  readonly publicId: string
  readonly secretHash: string
}

const operatorKeyIds = new Set(['bootstrap', 'cli'])

/** True for the id of an actor that holds an operator key. */
export function isOperatorKeyId(id: string): boolean {
  return operatorKeyIds.has(id)
}

/** Reads the keys given at start; a malformed one stops the start with a message that says what is expected. */
export function readOperatorKeys(texts: {
  bootstrap?: string | undefined
  cli?: string | undefined
}): OperatorKey[] {
  const given = [
    { id: 'bootstrap', name: 'bootstrap key', source: 'RATCHET_BOOTSTRAP_KEY', text: texts.bootstrap },
    { id: 'cli', name: 'local CLI', source: 'The key of the local CLI', text: texts.cli },
  ]
  return given.flatMap(({ id, name, source, text }) => {
    if (text === undefined || text === '') return []
    const key = parseKey(text)
    if (!key) {
      throw new AppError('validation_failed', {
        message: `${source} must look like rk_<public>_<secret>: 4 to 32 letters and digits, then a secret of 16 to 128 letters, digits, "-" and "_". It has ${text.length} characters and another form.`,
        details: { issues: [{ field: source, problem: 'is not of the form rk_<public>_<secret>' }] },
      })
    }
    return [{ id, name, publicId: key.publicId, secretHash: hashSecret(key.secret) }]
  })
}

/** The key as the gateway needs it: in the default project, its environment named by header. */
export function snapshotOperatorKey(key: OperatorKey, defaultProject: string): SnapshotKey {
  return {
    id: key.id,
    name: key.name,
    publicId: key.publicId,
    secretHash: key.secretHash,
    project: defaultProject,
    environment: 'development',
    anyEnvironment: true,
    scopes: [...permissions],
  }
}
