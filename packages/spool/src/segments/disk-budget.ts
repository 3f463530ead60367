/** Bytes on disk of every folder one process is responsible for, against its limit. */
export type DiskBudget = {
  usedBytes: number
  readonly limitBytes: number
}

/** From this share of the limit on, records are written without bodies. */
const bodyShare = 0.8

export function hasRoomForBodies(budget: DiskBudget): boolean {
  return budget.usedBytes < budget.limitBytes * bodyShare
}

export function hasRoomFor(budget: DiskBudget, bytes: number): boolean {
  return budget.usedBytes + bytes <= budget.limitBytes
}
