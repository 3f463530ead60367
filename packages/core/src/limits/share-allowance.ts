export type AllowanceRequest = {
  /** What is neither used nor held by anybody. */
  readonly rest: number
  /** What the one who asks would like to hold on top. */
  readonly want: number
  /** What its next call needs: given whole when it is there, because less would help nobody. */
  readonly need: number
  /** How many share the rest, the one who asks included. */
  readonly holders: number
  /** Pieces below this size are not made: the last piece goes to one alone. */
  readonly floor: number
}

/**
 * How much of a shared limit a process may hold for itself. Shares shrink as the rest shrinks, so that little is stuck
 * with a process that does not need it when the end comes, and a newcomer always finds something left.
 */
export function shareAllowance({ rest, want, need, holders, floor }: AllowanceRequest): number {
  if (rest <= 0 || Math.max(want, need) <= 0) return 0
  if (rest <= floor) return rest
  const share = Math.max(floor, Math.ceil(rest / (Math.max(1, holders) + 1)))
  return Math.min(rest, Math.max(need, Math.min(want, share)))
}
