import type { Budget, LimitScope } from '@ratchet/contract'
import { nobody } from '../subject.ts'

/** Money that was spent outside of any call of a gateway: by a batch that has ended. */
export type Charge = {
  /** The same one counts once. */
  readonly id: string
  readonly project: string
  readonly costNano: number
  readonly environment: string
  readonly keyId: string
  readonly keyName: string | undefined
  readonly userId: string
  /** `connection/model`. */
  readonly model: string
  /** Whose run made it, and by which route it was asked; empty for none. */
  readonly app: string
  readonly route: string
  /** When the work was done. */
  readonly fromMs: number
  readonly toMs: number
}

/** Whose use it is, as gateways name it; undefined when the limit or budget does not apply. */
export function subjectOf(
  { scope, match }: Pick<Budget, 'scope' | 'match'>,
  charge: Charge,
): string | undefined {
  const whose: Readonly<Record<LimitScope, string>> = {
    project: '',
    key: charge.keyId,
    user: charge.userId === '' ? nobody : charge.userId,
    environment: charge.environment,
    model: charge.model,
    app: charge.app,
    route: charge.route,
  }
  const value = whose[scope]
  if (scope === 'project') return value
  if (value === '') return undefined
  const isMeant = match === undefined || match === value || (scope === 'key' && match === charge.keyName)
  return isMeant ? value.slice(0, 300) : undefined
}
