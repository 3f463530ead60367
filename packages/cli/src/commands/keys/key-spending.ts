import { getUsage, isAppError, type ApiKey } from '@ratchet/contract'
import type { Client } from '@ratchet/sdk'

/** What keys spent this month by id, in nano-dollars; `isWhole` when no other key spent anything. */
export type Spending = { readonly byId: ReadonlyMap<string, number>; readonly isWhole: boolean }

const mostKeys = 500

/** Undefined for a caller who may list keys and not see what they spend. */
export async function readSpending(client: Client, signal: AbortSignal): Promise<Spending | undefined> {
  try {
    const usage = await client.call(getUsage, { query: { by: 'key', limit: mostKeys }, signal })
    const byId = new Map(usage.groups.map(({ values: [id = ''], costNano }) => [id, costNano]))
    return { byId, isWhole: usage.nextCursor === undefined }
  } catch (error) {
    if (isAppError(error) && error.code === 'forbidden') return undefined
    throw error
  }
}

export function spendingOf({ id }: ApiKey, spending: Spending | undefined): { monthCostNano?: number } {
  const spent = spending?.byId.get(id) ?? (spending?.isWhole === true ? 0 : undefined)
  return spent === undefined ? {} : { monthCostNano: spent }
}
