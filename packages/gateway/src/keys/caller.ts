import type { Permission } from '@ratchet/contract'
import type { CompiledProject } from '../snapshot/compile-snapshot.ts'

/** Who calls and what they may do; the result of a verified `authorization` header. */
export type Caller = {
  /** `token`: our own runner or control, for one invocation. */
  readonly kind: 'key' | 'token'
  readonly project: CompiledProject
  readonly environment: string
  /** The caller may name its environment by header. */
  readonly anyEnvironment: boolean
  readonly keyId: string
  /** Empty behind a token. */
  readonly keyName: string
  readonly scopes: ReadonlySet<Permission>
  readonly expiresAtMs: number
  /** Release that a token's holder runs; empty for keys and for control's own model calls. */
  readonly releaseDigest: string
}
